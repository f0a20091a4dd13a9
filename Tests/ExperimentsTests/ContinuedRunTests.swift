import Checkpoints
import Foundation
import KnowledgeEditing
import StrictJSON
import Testing
import TestSupport

@testable import Experiments

/// Runs that are gone on with: they end with the files of a run that was never stopped.
struct ContinuedRunTests {
  private let results: TemporaryDirectory
  private var settings: EvaluationSettings
  private let run: URL

  /// A finished run of five batches, measured after every second.
  init() throws {
    _ = try SmallModel()  // one thread, so that every run adds in one order
    results = try TemporaryDirectory()
    settings = EvaluationSettings(recorded: Package.llamaTiny, results: results)
    settings.recordLimit = 10
    settings.batchSize = 2
    settings.evaluationInterval = 2
    run = try EvaluationRun(settings).run().directory
    settings.continuedRun = "run_000"
  }

  /// Continues the run, and tells whether its files are the same afterwards.
  private func continueRun(
    restoring count: Int, warnings: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> EvaluationReport {
    let report = try EvaluationRun(settings).run()
    #expect(report.restoredBatchCount == count, sourceLocation: sourceLocation)
    #expect(report.warnings.count == warnings, "\(report.warnings)", sourceLocation: sourceLocation)
    return report
  }

  private func batch(_ number: Int) -> URL { run.appendingPathComponent("batches/000\(number).safetensors") }

  @Test func `a finished run is left as it is`() throws {
    let files = try run.allFiles()
    let report = try continueRun(restoring: 5)
    #expect(try run.allFiles() == files)
    #expect(report.summary.recordCount == 10)
    #expect(report.retention?.points.count == 4)
  }

  @Test func `missing batches and measurements are made again, to the last bit`() throws {
    let files = try run.allFiles()
    for number in 3...5 { try FileManager.default.removeItem(at: batch(number)) }
    for name in ["measurements/after_0004", "measurements/after_0005", "summary.json", "2_edits-case_7.json"]
    {
      try FileManager.default.removeItem(at: run.appendingPathComponent(name))
    }
    _ = try continueRun(restoring: 2)
    try expectEqual(try run.allFiles(), files)
  }

  @Test func `a measurement of the unedited model is made again with the unedited model`() throws {
    let files = try run.allFiles()
    try FileManager.default.removeItem(at: run.appendingPathComponent("measurements/before"))
    try FileManager.default.removeItem(at: run.appendingPathComponent("2_edits-case_0.json"))
    _ = try continueRun(restoring: 5)
    #expect(try run.allFiles() == files)
  }

  @Test(arguments: [true, false]) func `a damaged batch is edited again`(isCut: Bool) throws {
    let files = try run.allFiles()
    var bytes = try Data(contentsOf: batch(3))
    if isCut { bytes.removeLast(100) } else { bytes[bytes.count - 100] ^= 1 }
    try bytes.write(to: batch(3))
    _ = try continueRun(restoring: 4, warnings: 1)
    try expectEqual(try run.allFiles(), files)
  }

  @Test func `batches that were exchanged are edited again`() throws {
    let files = try run.allFiles()
    let second = try Data(contentsOf: batch(2))
    try Data(contentsOf: batch(3)).write(to: batch(2))
    try second.write(to: batch(3))
    _ = try continueRun(restoring: 3, warnings: 2)
    try expectEqual(try run.allFiles(), files)
  }

  @Test func `a damaged measurement is taken again`() throws {
    let files = try run.allFiles()
    let file = run.appendingPathComponent("measurements/after_0005/probabilities-0000.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacingOccurrences(of: "true", with: "false").write(
      to: file, atomically: true, encoding: .utf8)
    _ = try continueRun(restoring: 5)
    #expect(try run.allFiles() == files)
  }

  @Test func `another run's directory is refused, and left as it is`() throws {
    let files = try run.allFiles()
    func refusal(_ change: (inout EvaluationSettings) -> Void) -> String {
      var changed = settings
      change(&changed)
      let error = #expect(throws: EvaluationError.self) { try EvaluationRun(changed).run() }
      return error.map { "\($0)" } ?? ""
    }
    #expect(refusal { $0.recordLimit = 9 }.contains("records.count is 10 there, and 9 is asked for"))
    #expect(refusal { $0.batchSize = 5 }.contains("num_edits is 2 there, and 5 is asked for"))
    #expect(refusal { $0.overrides.ridge = 3 }.contains("hyperparameters.L2 is 1 there, and 3 is asked for"))
    #expect(refusal { $0.evaluationInterval = nil }.contains("evaluate_every"))
    #expect(refusal { $0.continuedRun = "run_007" }.contains("there are run_000"))
    #expect(try run.allFiles() == files)
  }

  @Test func `results of other programs are refused`() throws {
    let other = run.deletingLastPathComponent().appendingPathComponent("run_001")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: other.appendingPathComponent("params.json"))
    var settings = settings
    settings.continuedRun = "run_001"
    let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("run.json") == true)
    #expect(try Data(contentsOf: other.appendingPathComponent("params.json")) == Data("{}".utf8))
  }

  @Test func `a directory that was only just made is filled`() throws {
    let files = try run.allFiles()
    try FileManager.default.removeItem(at: run)
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    _ = try continueRun(restoring: 0)
    try expectEqual(try run.allFiles(), files)
  }

  /// Compares files by their bytes, JSON files without what is called `time`, and batches by their tensors.
  private func expectEqual(
    _ files: [String: Data], _ others: [String: Data], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(files.keys.sorted() == others.keys.sorted(), sourceLocation: sourceLocation)
    for (name, bytes) in files {
      let other = try #require(others[name])
      if name.hasSuffix(".json") {
        #expect(
          try JSON.parse(bytes).withoutTimes == JSON.parse(other).withoutTimes, "\(name)",
          sourceLocation: sourceLocation)
      }
    }
    for number in 1...5 {
      let file = try SafetensorsFile(contentsOf: batch(number))
      let digest = file.metadata.first { $0.key == "digest" }?.value ?? ""
      let was = others["batches/000\(number).safetensors"] ?? Data()
      #expect(
        was.range(of: Data(digest.utf8)) != nil, "batch \(number)", sourceLocation: sourceLocation)
    }
  }
}

extension URL {
  /// The files below a directory and their bytes, by their paths in it.
  func allFiles() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      let url = appendingPathComponent(name)
      guard (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true else { continue }
      files[name] = try Data(contentsOf: url)
    }
    return files
  }
}
