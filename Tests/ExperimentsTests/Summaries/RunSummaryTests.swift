import Foundation
import StrictJSON
import Testing
import TestSupport

@testable import Experiments

/// Means of result files, against figures worked out by hand.
struct RunSummaryTests {
  private let files: RunFiles

  init() throws { files = try RunFiles() }

  private func expect(
    _ figure: SummaryFigure?, _ mean: Double, _ deviation: Double, cases: Int = 2,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isEqual = figure?.mean == mean && figure?.standardDeviation == deviation
    #expect(
      isEqual && figure?.caseCount == cases, "\(String(describing: figure))", sourceLocation: sourceLocation)
  }

  @Test func `means, deviations and score are the published ones`() throws {
    try files.writeTwoCases(to: "AlphaEdit/run_000")
    let summary = try RunSummary(files.run("AlphaEdit/run_000"))
    #expect(summary.name == "AlphaEdit/run_000" && summary.caseCount == 2)
    expect(summary["post_rewrite_success"], 50, 50)
    expect(summary["post_paraphrase_success"], 75, 25)
    expect(summary["post_neighborhood_success"], 75, 25)
    expect(summary["post_rewrite_acc"], 50, 50)
    expect(summary["post_paraphrase_acc"], 75, 25)
    expect(summary["post_neighborhood_acc"], 75, 25)
    // ±(e^−0.1 − e^−3)
    expect(summary["post_rewrite_diff"], 0, 85.51)
    // (e^−0.5 − e^−2 + e^−2 − e^−1) / 2 = 0.119326 and e^−1 − e^−2 = 0.232544
    expect(summary["post_paraphrase_diff"], 17.59, 5.66)
    // e^−0.2 − e^−3 = 0.768944 and 0
    expect(summary["post_neighborhood_diff"], 38.45, 38.45)
    expect(summary["post_ngram_entropy"], 600, 10)
    expect(summary["post_reference_score"], 30, 0, cases: 1)
    expect(summary["time"], 3, 1)
    let score = try #require(summary["post_score"])
    #expect(abs(score.mean - 3 / (1.0 / 50 + 2.0 / 75)) < 1e-12 && score.standardDeviation == nil)
    #expect(summary.figures.allSatisfy { !$0.name.hasPrefix("pre_") })
    #expect(
      summary.warnings.map { $0.contains("post_reference_score: 1 of 2 cases have no number there") } == [
        true
      ])
    #expect(summary.publishedJSON["post_rewrite_success"] == [JSON(50.0), JSON(50.0)])
    #expect(summary.publishedJSON["num_cases"] == 2)
  }

  @Test func `it agrees with the summary of an evaluation`() throws {
    let metrics = [
      CounterFactMetrics(
        rewrite: [PromptScore(targetNew: 0.25, targetTrue: 1.5, isCorrect: true)],
        paraphrase: [PromptScore(targetNew: 2.5, targetTrue: 1.5, isCorrect: false)],
        neighborhood: [PromptScore(targetNew: 7, targetTrue: 0.001, isCorrect: true)]),
      CounterFactMetrics(
        rewrite: [PromptScore(targetNew: 0.5, targetTrue: 4, isCorrect: false)], paraphrase: [],
        neighborhood: [PromptScore(targetNew: 3, targetTrue: 3, isCorrect: false)]),
    ]
    for (index, metrics) in metrics.enumerated() {
      let json: JSON = ["case_id": JSON(index), "pre": metrics.json, "post": metrics.json]
      try files.write(json.text(pretty: true), to: "M/run_000/1_edits-case_\(index).json")
    }
    let summary = try RunSummary(files.run("M/run_000"))
    let expected = CounterFactSummary(metrics)
    for stage in ["pre", "post"] {
      for (key, value) in try #require(expected.published(stage: stage).object).members {
        #expect(summary.publishedJSON[key.text] == value, "\(key.text)")
      }
    }
    #expect(summary["time"] == nil && summary.warnings.isEmpty)
  }

  @Test func `metrics that the published code recorded have their recorded means`() throws {
    func json(_ name: String) throws -> JSON {
      try JSON.parse(Data(contentsOf: Package.llamaTiny.appendingPathComponent(name)))
    }
    let (before, after) = (try json("pre.metrics.json"), try json("AlphaEdit.metrics.json"))
    let cases = zip(try #require(before.array), try #require(after.array))
    for (index, metrics) in cases.enumerated() {
      let result: JSON = ["case_id": JSON(index), "pre": metrics.0, "post": metrics.1]
      try files.write(result.text(), to: "AlphaEdit/run_000/8_edits-case_\(index).json")
    }
    let summary = try RunSummary(files.run("AlphaEdit/run_000"))
    #expect(summary.caseCount == 24)
    let recorded = try json("results.json")["summary"]
    for (stage, name) in [("pre", "pre"), ("post", "AlphaEdit")] {
      for metric in CounterFactMetric.allCases {
        guard let mean = recorded?[name]?[metric.recordedName]?.double else { continue }
        let figure = try #require(summary["\(stage)_\(metric.publishedName)"])
        #expect(abs(figure.mean - mean * 100) <= 0.005 + 1e-9, "\(stage) \(metric)")
      }
    }
  }

  @Test func `zsRE has token accuracies and no score`() throws {
    try files.write(
      """
      {"case_id": 3, "time": 1.0, "post": {"rewrite_prompts_correct": [true, false], \
      "paraphrase_prompts_correct": [true], "neighborhood_prompts_correct": [false, false, true]}}
      """, to: "AlphaEdit/run_001/100_edits-case_3.json")
    let summary = try RunSummary(files.run("AlphaEdit/run_001"))
    expect(summary["post_rewrite_acc"], 50, 0, cases: 1)
    expect(summary["post_paraphrase_acc"], 100, 0, cases: 1)
    expect(summary["post_neighborhood_acc"], 33.33, 0, cases: 1)
    #expect(summary["post_rewrite_acc"]?.definition == "share of the target's tokens said at the edit prompt")
    #expect(
      summary.figures.map(\.name) == [
        "post_rewrite_acc", "post_paraphrase_acc", "post_neighborhood_acc", "time",
      ])
  }

  @Test func `figures the published summary does not know are kept`() throws {
    try files.write(
      """
      {"case_id": 0, "post": {"rewrite_prompts_correct": [true], "essence_score": 12.345, "perplexity": 7.5,
       "rewrite_said": [true, false, false]}}
      """, to: "M/run_000/1_edits-case_0.json")
    let summary = try RunSummary(files.run("M/run_000"))
    expect(summary["post_essence_score"], 12.345, 0, cases: 1)
    expect(summary["post_perplexity"], 7.5, 0, cases: 1)
    expect(summary["post_rewrite_said"], 33.33, 0, cases: 1)
  }

  @Test func `files that cannot be read are named and left out`() throws {
    let run = "AlphaEdit/run_000"
    try files.writeTwoCases(to: run)
    try files.write("{\"case_id\": 3,\n \"post\": {", to: "\(run)/2_edits-case_3.json")
    try files.write("{\"case_id\": 4}", to: "\(run)/2_edits-case_4.json")
    try files.write(
      "{\"case_id\": 5, \"post\": {\"rewrite_prompts_correct\": [1]}}", to: "\(run)/2_edits-case_5.json")
    try files.write(
      """
      {"case_id": 6, "post": {"rewrite_prompts_correct": [true, true],
       "rewrite_prompts_probs": [{"target_new": 1, "target_true": 2}]}}
      """, to: "\(run)/2_edits-case_6.json")
    try files.write("not a case", to: "\(run)/params.json")
    try files.write("half a", to: "\(run)/.2_edits-case_7.json.0123.partial")
    let summary = try RunSummary(files.run(run))
    #expect(summary.caseCount == 2)
    expect(summary["post_rewrite_success"], 50, 50)
    let warnings = summary.warnings.filter { $0.hasSuffix("left out") && $0.contains("case_") }
    #expect(warnings.count == 4)
    for (warning, words) in zip(
      warnings,
      [
        ["case_3.json: line 2 is not valid JSON"], ["case_4.json: has no metrics"],
        ["case_5.json: post: rewrite_prompts_correct[0] is neither true nor false"],
        ["case_6.json: post: rewrite has 1 prompts with scores, but 2 with answers"],
      ])
    {
      #expect(warning.contains(words[0]), "\(warning)")
    }
  }

  @Test func `cases are limited by their numbers, and counted twice only with a warning`() throws {
    let run = "AlphaEdit/run_000"
    try files.writeTwoCases(to: run)
    #expect(try RunSummary(files.run(run), firstCases: 2).caseCount == 1)
    #expect(try RunSummary(files.run(run), firstCases: 3).caseCount == 2)
    #expect(throws: SummaryError.self) { try RunSummary(files.run(run), firstCases: 0) }
    try FileManager.default.copyItem(
      at: files.run(run).appendingPathComponent("2_edits-case_0.json"),
      to: files.run(run).appendingPathComponent("1_edits-case_0.json"))
    let summary = try RunSummary(files.run(run))
    #expect(summary.caseCount == 3)
    #expect(
      summary.warnings.contains { $0.contains("case 0 is in 1_edits-case_0.json and in 2_edits-case_0.json") }
    )
  }

  @Test func `tests of ability are in the order of edits`() throws {
    try files.writeTwoCases(to: "AlphaEdit/run_000")
    try files.writeAbility(to: "AlphaEdit/run_000")
    try files.write("{\"sst\": {}}", to: "AlphaEdit/run_000/glue_eval/case_9_glue.json")
    let summary = try RunSummary(files.run("AlphaEdit/run_000"))
    #expect(summary.ability.map(\.editCount) == [nil, 2])
    #expect(summary.ability[0].tasks.map(\.task) == [.sst, .mmlu])
    #expect(summary.ability[0].tasks[1].accuracy == 0.25)
    let after = try #require(summary.ability[1].tasks.first)
    #expect(after.accuracy == 0.5 && after.weightedF1 == 0.5833 && after.probabilityF1 == 0.75)
    #expect(after.matthewsCorrelation == nil && after.invalid == 1)
    #expect(summary.warnings.contains { $0.contains("case_9_glue.json: has no number edit_num") })
  }
}

extension CounterFactMetric {
  /// Its name in the recorded results.
  fileprivate var recordedName: String {
    publishedName.hasSuffix("_acc") ? publishedName : rawValue
  }
}
