import Checkpoints
import Foundation
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

struct StatisticsSearchTests {
  private let folder: TemporaryDirectory
  private let provenance = smallProvenance()

  init() throws { folder = try TemporaryDirectory() }

  /// Puts a published file below the folder.
  @discardableResult
  private func put(
    _ layer: String, _ sampleSize: Int? = 300, seed: Double = 1, in directory: String = ".",
    as name: String? = nil
  ) throws -> URL {
    let directory = folder.url.appendingPathComponent(directory).standardizedFileURL
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let url = directory.appendingPathComponent(
      name ?? StatisticsFileName(layerName: layer, sampleSize: sampleSize).text)
    try StatisticsArchive.write(
      smallStatistics(layer, seed: seed, sampleSize: sampleSize), to: url, overwrite: true)
    return url
  }

  private func find(
    _ layers: [String], width: Int = 4, sampleSize: Int? = nil, fingerprint: String? = nil
  ) throws -> FoundStatistics {
    try StatisticsDirectory.find(
      layerNames: layers, below: folder.url, keyWidth: width, sampleSize: sampleSize,
      modelFingerprint: fingerprint)
  }

  /// Why the only file there is was not used.
  private func reason(
    for layers: [String] = ["h.1.fc"], width: Int = 4, fingerprint: String? = nil
  ) -> String {
    do {
      _ = try find(layers, width: width, fingerprint: fingerprint)
    } catch StatisticsError.notFound(_, _, let examined) {
      if case .rejected(let reason) = examined.first?.outcome { return reason }
    } catch {
      return "\(error)"
    }
    return ""
  }

  @Test func `files are found anywhere below, in the order of the layers`() throws {
    let second = try put("h.2.fc", in: "gpt2-xl/wikipedia_stats")
    let first = try put("h.1.fc", in: "deep/er/still")
    let found = try find(["h.2.fc", "h.1.fc"])
    #expect(found.statistics.map(\.layerName) == ["h.2.fc", "h.1.fc"])
    #expect(found.files.map(\.lastPathComponent) == [second, first].map(\.lastPathComponent))
    #expect(found.examined.count == 2)
    #expect(found.examined.allSatisfy { if case .used = $0.outcome { true } else { false } })
  }

  @Test func `a missing layer is named with every file that was looked at`() throws {
    try put("h.1.fc")
    try put("h.7.fc")
    try put("h.2.fc", as: "h.2.fc.float32_mom2_300.npz")
    _ = try folder.write("readme.txt", "text")
    let error = #expect(throws: StatisticsError.self) { try find(["h.1.fc", "h.2.fc"]) }
    guard case .notFound(let layers, _, let examined) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(layers == ["h.2.fc"])
    #expect(examined.count == 3)
    let message = error?.description ?? ""
    #expect(message.contains("“h.2.fc”"))
    #expect(message.contains("h.1.fc_float32_mom2_300.npz: used for “h.1.fc”"))
    #expect(
      message.contains(
        "h.7.fc_float32_mom2_300.npz: not used, because it is for “h.7.fc”, which is not edited."))
    #expect(
      message.contains(
        "h.2.fc.float32_mom2_300.npz: not used, because its name is not LAYER_float32_mom2_SAMPLES.npz."))
    #expect(!message.contains("readme"))
  }

  @Test func `a directory without files and one that is not there are told apart`() throws {
    #expect(reason() == "")
    let error = #expect(throws: StatisticsError.self) { try find(["h.1.fc"]) }
    #expect(error?.description.contains("There are no .npz files below this directory.") == true)
    let nowhere = folder.url.appendingPathComponent("nowhere")
    #expect(throws: StatisticsError.refused(file: nowhere.path, reason: "there is no such directory.")) {
      try StatisticsDirectory.find(layerNames: ["a"], below: nowhere, keyWidth: 4)
    }
  }

  @Test func `another model's width is refused`() throws {
    try put("h.1.fc")
    #expect(reason(width: 14_336).contains("4 wide and this model's 14336"))
  }

  @Test func `a damaged file is refused`() throws {
    let url = try put("h.1.fc")
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
    #expect(reason() != "")
    try bytes.prefix(100).write(to: url)
    #expect(reason() != "")
    try Data().write(to: url)
    #expect(reason() != "")
  }

  @Test func `a name that contradicts the contents is refused`() throws {
    try put("h.1.fc", 300, as: "h.1.fc_float32_mom2_500.npz")
    #expect(reason() == "its name says 500 documents, its contents 300.")
  }

  @Test func `the preferred sample size is taken, else the largest`() throws {
    for size in [100, 300, 200] { try put("h.1.fc", size, seed: Double(size)) }
    #expect(try find(["h.1.fc"]).statistics[0].sampleSize == 300)
    #expect(try find(["h.1.fc"], sampleSize: 200).statistics[0].sampleSize == 200)
    #expect(try find(["h.1.fc"], sampleSize: 7).statistics[0].sampleSize == 300)
    try put("h.1.fc", nil)
    let found = try find(["h.1.fc"])
    #expect(found.statistics[0].sampleSize == nil)
    #expect(found.examined.filter { $0.description.contains("was preferred") }.count == 3)
  }

  @Test func `a better file that is unusable gives way to a worse one`() throws {
    let better = try put("h.1.fc", 300)
    try Data("not an archive".utf8).write(to: better)
    try put("h.1.fc", 100)
    #expect(try find(["h.1.fc"]).statistics[0].sampleSize == 100)
  }

  @Test func `two equally good files are ambiguous unless they are equal`() throws {
    try put("h.1.fc", in: "llama3-8b")
    try put("h.1.fc", in: "llama3-8b-copy")
    #expect(try find(["h.1.fc"]).files[0].path.contains("llama3-8b-copy/"))
    try put("h.1.fc", seed: 2, in: "llama3-8b-instruct")
    let error = #expect(throws: StatisticsError.self) { try find(["h.1.fc"]) }
    guard case .ambiguous(let layer, let files) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(layer == "h.1.fc")
    #expect(files.count == 3)
  }

  @Test func `the list beside the files tells whose they are`() throws {
    let directory = folder.url.appendingPathComponent("own")
    try StatisticsDirectory.write([smallStatistics("h.1.fc")], provenance: provenance, to: directory)
    #expect(try find(["h.1.fc"], fingerprint: provenance.modelFingerprint).statistics.count == 1)
    #expect(reason(fingerprint: "0123456789abcdef").contains("for another model"))
    #expect(reason(fingerprint: "0123456789abcdef").contains("0123456789ab…"))

    try put("h.2.fc", in: "own")
    #expect(try find(["h.1.fc"]).statistics.count == 1)
    let error = #expect(throws: StatisticsError.self) { try find(["h.2.fc"]) }
    #expect(error?.description.contains("does not list it") == true)

    try put("h.1.fc", seed: 3, in: "own")
    let changed = #expect(throws: StatisticsError.self) { try find(["h.1.fc"]) }
    #expect(changed?.description.contains("not those that statistics.json was written for") == true)
  }

  @Test(arguments: ["{", "[]", "{}", #"{"format": "alphaedit key statistics 1"}"#, #"{"format": "other"}"#])
  func `a list that cannot be read is a reason`(text: String) throws {
    try put("h.1.fc")
    _ = try folder.write("statistics.json", text)
    #expect(reason().contains("statistics.json"))
  }

  @Test func `layers can be added, other statistics only by request`() throws {
    let directory = folder.url.appendingPathComponent("own")
    try StatisticsDirectory.write([smallStatistics("h.1.fc")], provenance: provenance, to: directory)
    try StatisticsDirectory.write([smallStatistics("h.2.fc")], provenance: provenance, to: directory)
    #expect(try find(["h.1.fc", "h.2.fc"]).statistics.count == 2)
    #expect(throws: (any Error).self) {
      try StatisticsDirectory.write([smallStatistics("h.2.fc")], provenance: provenance, to: directory)
    }
    var other = provenance
    other.maximumTokens = 7
    let layers = [try smallStatistics("h.1.fc", seed: 2)]
    let error = #expect(throws: StatisticsError.self) {
      try StatisticsDirectory.write(layers, provenance: other, to: directory)
    }
    #expect(error?.description.contains("another limit of tokens a document (1024, not 7)") == true)
    try StatisticsDirectory.write(layers, provenance: other, to: directory, overwrite: true)
    #expect(throws: StatisticsError.self) { try find(["h.2.fc"]) }
    #expect(try find(["h.1.fc"]).statistics[0].digest() == layers[0].digest())
  }
}

/// Made up.
func smallProvenance() -> StatisticsProvenance {
  StatisticsProvenance(
    modelFingerprint: String(repeating: "ab", count: 32), tokenizerHash: "12", corpusHash: "34",
    sampleSize: 300,
    maximumTokens: 1_024, dtype: .float32)
}
