import Checkpoints
import Foundation
import StrictJSON
import Testing
import TestSupport

@testable import Experiments

/// What evaluations measure beside the probabilities of CounterFact's answers, and what they need for it.
struct EvaluationMeasureTests {
  private let results: TemporaryDirectory
  private var settings: EvaluationSettings

  init() throws {
    _ = try SmallModel()
    results = try TemporaryDirectory()
    settings = EvaluationSettings(recorded: Package.llamaTiny, results: results)
    settings.dataDirectory = results.url
    settings.batchSize = 1
  }

  private func write(_ json: String, _ name: String) throws {
    try Data(json.utf8).write(to: results.url.appendingPathComponent(name))
  }

  private func file(_ name: String, of report: EvaluationReport) throws -> JSON {
    try JSON.parse(Data(contentsOf: report.directory.appendingPathComponent(name)))
  }

  @Test func `zsRE is read from the data directory and measured token by token`() throws {
    let records = ["Greta Archer", "Karla Quist"].map { name in
      """
      {"src": "Which sport does \(name) play?", "subject": "\(name)", "answers": ["hockey"], \
      "rephrase": "What is the sport of \(name)?", "loc": "nq question: who plays tennis", "loc_ans": "Hugo Becker"}
      """
    }
    try write("[\(records.joined(separator: ","))]", "zsre_mend_eval.json")
    var settings = settings
    settings.dataSet = .zsRE
    let report = try EvaluationRun(settings).run()
    let result = try file("1_edits-case_1.json", of: report)
    #expect(result["requested_rewrite"]?["subject"] == "Karla Quist")
    #expect(result["post"]?["rewrite_prompts_correct"]?.array?.isEmpty == false)
    #expect(report.summary["rewrite_accuracy"]?.after != nil)
    #expect(report.summary["neighborhood_agreement"]?.before?.mean == 1)
    #expect(report.summary.score == nil)
  }

  private let withGeneration = """
    [{"case_id": 3, "requested_rewrite": {"prompt": "{} plays the sport of", "relation_id": "P641", "subject": "Greta Archer", \
    "target_new": {"str": "hockey", "id": "Q1"}, "target_true": {"str": "tennis", "id": "Q2"}}, \
    "generation_prompts": ["Greta Archer plays"]},
    {"case_id": 4, "requested_rewrite": {"prompt": "{} plays the sport of", "relation_id": "P641", "subject": "Karla Quist", \
    "target_new": {"str": "hockey", "id": "Q1"}, "target_true": {"str": "tennis", "id": "Q2"}}, \
    "generation_prompts": ["Karla Quist plays"]}]
    """

  @Test func `generated text is measured where reference texts are at hand`() throws {
    try write(withGeneration, "multi_counterfact.json")
    var settings = settings
    settings.dataSet = .multiCounterFact
    settings.skipsGeneration = false
    settings.generationInterval = 2
    let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("attribute_snippets.json") == true)
    #expect(error.map { "\($0)" }?.contains("--skip_generation_tests") == true)

    try write(
      """
      [{"relation_id": "P641", "target_id": "Q1", "samples": [{"name": "Hugo Becker", "text": "Hugo Becker plays the sport \
      of hockey"}]}]
      """, "attribute_snippets.json")
    let report = try EvaluationRun(settings).run()
    #expect(try file("1_edits-case_4.json", of: report)["post"]?["ngram_entropy"]?.double != nil)
    #expect(try file("1_edits-case_3.json", of: report)["post"]?["ngram_entropy"] == nil)
    #expect(report.summary["fluency"]?.after?.recordCount == 1)
    #expect(report.summary["free_rewrite_success"]?.after?.recordCount == 2)

    settings.skipsGeneration = true
    let quiet = try EvaluationRun(settings).run()
    #expect(quiet.summary["fluency"] == nil && quiet.summary["free_rewrite_success"] == nil)
    // The same texts again, for the same seed.
    settings.skipsGeneration = false
    let again = try EvaluationRun(settings).run()
    #expect(
      try file("1_edits-case_4.json", of: again)["post"] == file("1_edits-case_4.json", of: report)["post"])
  }

  @Test func `free generation needs no reference texts`() throws {
    try write(withGeneration, "multi_counterfact.json")
    var settings = settings
    settings.dataSet = .multiCounterFact
    settings.skipsGeneration = false
    settings.generationInterval = 0
    let report = try EvaluationRun(settings).run()
    #expect(report.summary["fluency"] == nil)
    #expect(report.summary["free_rewrite_success"]?.after?.recordCount == 2)
  }

  @Test func `kept files of ability go nowhere but where they belong`() throws {
    let tests = try AbilityFiles(count: 12)
    try FileManager.default.copyItem(at: tests.url, to: results["ability"])
    var settings = settings
    settings.recordLimit = 1
    settings.abilityInterval = 1
    let run = try EvaluationRun(settings).run().directory
    // As a run that somebody else began might have it, hash and all.
    let file = run.appendingPathComponent("measurements/after_0001/ability-0000.json")
    var kept = try #require(JSON.parse(Data(contentsOf: file)).object)
    var values = try #require(kept["values"]?.object)
    values["files"] = ["../../../outside.json": []]
    kept["values"] = .object(values)
    kept["sha256"] = JSON(ContentHash(of: JSON.object(values).serialized()).hex)
    try Data(JSON.object(kept).serialized()).write(to: file)
    settings.continuedRun = run.lastPathComponent
    let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("ability-0000.json") == true)
    #expect(!FileManager.default.fileExists(atPath: results["outside.json"].path))
  }

  @Test func `an interval below none is refused`() throws {
    var settings = settings
    settings.generationInterval = -1
    let error = #expect(throws: EvaluationError.self) { try EvaluationRun(settings).run() }
    #expect(error.map { "\($0)" }?.contains("--skip_generation_tests") == true)
  }

  @Test func `hidden states and perplexity are followed`() throws {
    try write(
      """
      [{"subject": "Hugo Becker", "template": "{} plays the sport of"}, {"subject": "Greta Archer", \
      "template": "The sport of {} is"}]
      """, "known_1000.json")
    try write("Hugo Becker plays the sport of hockey.", "held-back.txt")
    var settings = settings
    settings.recordLimit = 2
    settings.evaluationInterval = 1
    settings.heldBackText = results.url.appendingPathComponent("held-back.txt")
    let report = try EvaluationRun(settings).run()
    let summary = try file("summary.json", of: report)
    #expect(summary["hidden_states"]?["layer"] == 3 && summary["hidden_states"]?["facts"] == 2)
    #expect(try #require(summary["hidden_states"]?["mean_relative_distance"]?.double) > 0)
    let curve = try #require(summary["perplexity"]?["curve"]?.array)
    #expect(curve.map { $0["edits"] } == [0, 1, 2])
    #expect(curve.allSatisfy { $0["perplexity"]?.double ?? 0 > 1 })
    let page = try String(
      contentsOf: report.directory.appendingPathComponent("report.html"), encoding: .utf8)
    for text in ["Perplexity", "before editing", "known facts"] { #expect(page.contains(text)) }
  }
}
