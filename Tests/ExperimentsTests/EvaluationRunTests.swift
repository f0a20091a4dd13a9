import Foundation
import KnowledgeEditing
import StrictJSON
import Testing
import TestSupport

@testable import Experiments

/// The published experiment from checkpoint to result files.
struct EvaluationRunTests {
  private func settings(_ folder: URL, results: TemporaryDirectory) -> EvaluationSettings {
    EvaluationSettings(recorded: folder, results: results)
  }

  @Test func `a run leaves the published files`() throws {
    let results = try TemporaryDirectory()
    let report = try EvaluationRun(settings(Package.llamaTiny, results: results)).run()
    let directory = report.directory
    for index in 0..<24 {
      let result = try JSON.parse(
        Data(contentsOf: directory.appendingPathComponent("8_edits-case_\(index).json")))
      #expect(result["case_id"] == JSON(index))
      let first = index / 8 * 8
      #expect(result["grouped_case_ids"] == JSON((first..<first + 8).map { JSON($0) }))
    }
    #expect(directory.lastPathComponent == "run_000")
    #expect(directory.deletingLastPathComponent().lastPathComponent == "AlphaEdit")
    let summary = try JSON.parse(Data(contentsOf: directory.appendingPathComponent("summary.json")))
    #expect(summary["num_cases"] == 24)
    #expect(summary["published"]?["post_rewrite_success"]?.array?.count == 2)
    _ = try Hyperparameters.read(directory.appendingPathComponent("params.json"))
    #expect(report.summary.table.allSatisfy { $0.count == 5 })
  }

  @Test func `the last batch may be smaller, and a limit takes records from the beginning`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 3
    settings.batchSize = 2
    let report = try EvaluationRun(settings).run()
    let groups = try (0..<3).map { index in
      let file = report.directory.appendingPathComponent("2_edits-case_\(index).json")
      return try JSON.parse(Data(contentsOf: file))["grouped_case_ids"]
    }
    #expect(groups == [[0, 1], [0, 1], [2]])
    #expect(report.summary.recordCount == 3)
  }

  @Test func `as published, every file names the last batch`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 3
    settings.batchSize = 2
    settings.asPublished = true
    let report = try EvaluationRun(settings).run()
    let file = report.directory.appendingPathComponent("2_edits-case_0.json")
    #expect(try JSON.parse(Data(contentsOf: file))["grouped_case_ids"] == [2])
  }

  @Test func `a retention curve measures each cohort again`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 10
    settings.batchSize = 2
    settings.evaluationInterval = 2
    let report = try EvaluationRun(settings).run()
    let curve = try #require(report.retention)
    #expect(curve.points.map(\.edits) == [0, 4, 8, 10])
    #expect(
      curve.points.map { $0.cohorts.map(\.records) } == [
        [0..<4, 4..<8, 8..<10], [0..<4], [0..<4, 4..<8], [0..<4, 4..<8, 8..<10],
      ])
    // The cohorts' means, weighted by their sizes, are the means of the whole.
    let last = try #require(curve.points.last)
    for (index, figure) in curve.figures.enumerated() {
      let sum = last.cohorts.reduce(0) { $0 + ($1.means[index] ?? 0) * Double($1.records.count) }
      #expect(abs(sum / 10 - (report.summary[figure.name]?.after?.mean ?? .nan)) < 1e-12)
    }
    let file = report.directory.appendingPathComponent("retention.json")
    #expect(try JSON.parse(Data(contentsOf: file))["curve"]?.array?.count == 4)
  }

  @Test func `general ability is tested before and between batches, into the published files`() throws {
    let results = try TemporaryDirectory()
    let files = try AbilityFiles(count: 12)
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 6
    settings.batchSize = 2
    settings.abilityInterval = 2
    settings.testsPerTask = 2
    settings.dataDirectory = results.url
    try FileManager.default.copyItem(at: files.url, to: results.url.appendingPathComponent("ability"))
    let report = try EvaluationRun(settings).run()
    func file(_ name: String) throws -> JSON {
      try JSON.parse(Data(contentsOf: report.directory.appendingPathComponent("glue_eval/\(name)")))
    }
    #expect(try file("base_glue.json")["edit_num"] == -1)
    // After two batches, and after all three; named by the first record of the batch written last.
    #expect(try file("case_2_glue.json")["edit_num"] == 4)
    #expect(try file("case_2_glue.json")["case_id"] == [2, 3])
    #expect(try file("case_4_glue.json")["edit_num"] == 6)
    #expect(try file("case_2_mmlu_gen.json").array?.count == 2)
    let summary = try JSON.parse(
      Data(contentsOf: report.directory.appendingPathComponent("summary.json")))
    #expect(summary["ability"]?.array?.map { $0["edits"] } == [0, 4, 6])
    let page = try String(
      contentsOf: report.directory.appendingPathComponent("report.html"), encoding: .utf8)
    for text in ["AlphaEdit on model", "SST-2", "Layer 1", "efficacy"] { #expect(page.contains(text)) }

    settings.asPublished = true
    let published = try EvaluationRun(settings).run().directory
    let names = try FileManager.default.contentsOfDirectory(
      atPath: published.appendingPathComponent("glue_eval").path)
    #expect(names.filter { $0.hasSuffix("_glue.json") }.sorted() == ["base_glue.json", "case_2_glue.json"])
  }

  @Test func `missing ability files are refused before anything is edited`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.abilityInterval = 1
    settings.dataDirectory = results.url
    let error = #expect(throws: AbilityError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("ability/sst2.json") == true)
    #expect(!FileManager.default.fileExists(atPath: results.url.appendingPathComponent("AlphaEdit").path))
  }

  @Test func `the growth of every edited weight is told`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 2
    let report = try EvaluationRun(settings).run()
    let layers = try #require(report.json["layers"]?.array)
    #expect(layers.compactMap { $0["block"]?.int } == [1, 2, 3])
    for layer in layers { #expect(try #require(layer["change_norm"]?.double) > 0) }
  }

  @Test func `settings out of range are refused before anything is read`() throws {
    let results = try TemporaryDirectory()
    func message(_ change: (inout EvaluationSettings) -> Void) -> String {
      var settings = EvaluationSettings(model: results.url.appendingPathComponent("nowhere"))
      change(&settings)
      let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
      return error.map { "\($0)" } ?? ""
    }
    #expect(message { $0.batchSize = 0 } == "num_edits is 0; it must be at least 1")
    #expect(message { $0.recordLimit = -1 } == "dataset_size_limit is -1; it must be at least 1")
    #expect(message { $0.evaluationInterval = 0 } == "evaluate-every is 0; it must be at least 1")
    #expect(
      message {
        $0.dataSet = .counterFact
        $0.batchSize = 2
      }.contains("num_edits must be 1"))
  }

  @Test func `records of one name are refused`() throws {
    let results = try TemporaryDirectory()
    let file = results.url.appendingPathComponent("records.json")
    let record = """
      {"case_id": 5, "requested_rewrite": {"prompt": "{} plays", "subject": "Greta", "target_new": {"str": "hockey"}, \
      "target_true": {"str": "soccer"}}}
      """
    try "[\(record), \(record)]".write(to: file, atomically: true, encoding: .utf8)
    var settings = settings(Package.llamaTiny, results: results)
    settings.dataSet = .file(file)
    #expect(throws: EvaluationError.repeatedCase(id: "5", file: file.path)) {
      try EvaluationRun(settings).run()
    }
  }

  @Test func `missing records are named with what to do`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.dataSet = .multiCounterFact
    settings.dataDirectory = results.url
    let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("multi_counterfact.json") == true)
    #expect(error.map { "\($0)" }?.contains("--data-dir") == true)
  }

  @Test func `published statistics are looked for in the data directory`() throws {
    let results = try TemporaryDirectory()
    var settings = settings(Package.llamaTiny, results: results)
    settings.recordLimit = 1
    settings.statistics = .cached
    settings.dataDirectory = results.url
    try FileManager.default.copyItem(
      at: Package.llamaTiny.appendingPathComponent("statistics"),
      to: results.url.appendingPathComponent("stats"))
    #expect(try EvaluationRun(settings).run().statisticsOrigin.hasSuffix("stats"))
  }

  @Test func `data sets go by their published names or by path`() throws {
    let data = URL(fileURLWithPath: "/data")
    #expect(try DataSet(named: "mcf").url(in: data).path == "/data/multi_counterfact.json")
    #expect(try DataSet(named: "cf").url(in: data).path == "/data/counterfact.json")
    let file = Package.llamaTiny.appendingPathComponent("facts.json")
    #expect(try DataSet(named: file.path) == .file(file))
    #expect(try DataSet(named: "zsre").url(in: data).path == "/data/zsre_mend_eval.json")
    #expect(throws: EvaluationError.self) { try DataSet(named: "zsRe") }
  }

  @Test func `hyper-parameters go by path or by their published names`() {
    var settings = EvaluationSettings(model: URL(fileURLWithPath: "/model"))
    settings.hyperparameters = "no-such-file.json"
    #expect(settings.hyperparameterSource == "no-such-file")
    settings.hyperparameters = "Llama3-8B"
    #expect(settings.hyperparameterSource == "Llama3-8B")
    let file = Package.llamaTiny.appendingPathComponent("hparams/AlphaEdit.json").path
    settings.hyperparameters = file
    #expect(settings.hyperparameterSource == file)
  }
}
