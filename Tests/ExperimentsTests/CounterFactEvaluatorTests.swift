import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import Tokenization
import Torch
import TestSupport

@testable import Experiments

/// Metrics of unedited models, beside recorded ones and beside scoring one sequence at a time.
struct CounterFactEvaluatorTests {
  @Test func `a tiny Llama's metrics are the recorded ones`() throws {
    try compareWithRecorded(Package.llamaTiny)
  }

  @Test(
    .enabled(if: Fixtures.hasRecorded, "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `metrics of the other recorded models are the recorded ones`(name: String) throws {
    try compareWithRecorded(Fixtures.recorded(name))
  }

  private func compareWithRecorded(_ folder: URL) throws {
    let small = try SmallModel(folder)
    let records = try FactFile.records(folder.appendingPathComponent("facts.json"))
    let recorded = try RecordedMetrics.read(folder.appendingPathComponent("pre.metrics.json"))
    let metrics = try CounterFactEvaluator(records, tokenizer: small.tokenizer).measure(small.model)
    try #require(metrics.count == recorded.count)
    for (ours, theirs) in zip(metrics, recorded) {
      try #require(ours.all.count == theirs.all.count)
      for (our, their) in zip(ours.all, theirs.all) {
        #expect(abs(our.targetNew - their.targetNew) < 1e-4)
        #expect(abs(our.targetTrue - their.targetTrue) < 1e-4)
        #expect(our.isCorrect == their.isCorrect)
      }
    }
    let results = try JSON.parse(Data(contentsOf: folder.appendingPathComponent("results.json")))
    try expect(CounterFactSummary(metrics), equals: results["summary"]?["pre"])
  }

  /// Targets of one token and of several; equal beginnings; one the beginning of the other.
  private static let targets = [
    ("home", "city"), ("home", "xylophones"), ("xylophones", "home"), ("xylophones", "zithers"),
    ("home town", "home city"), ("home", "home town"), ("home town", "home"), ("home", "home"),
  ]

  private func records() throws -> [CounterFactRecord] {
    let records = Self.targets.enumerated().map { index, targets in
      """
      {"case_id": \(index), "requested_rewrite": {"prompt": "{} plays the sport of", "subject": "Greta Archer", \
      "target_new": {"str": "\(targets.0)"}, "target_true": {"str": "\(targets.1)"}}, \
      "paraphrase_prompts": ["The favourite sport of Greta Archer is", "A"], \
      "neighborhood_prompts": ["Hugo Becker plays the sport of"]}
      """
    }
    return try FactFile.records(Array("[\(records.joined(separator: ","))]".utf8), file: "records.json")
  }

  @Test func `sharing rows gives what one sequence at a time gives`() throws {
    let small = try SmallModel()
    let records = try records()
    let lengths = try Self.targets.map {
      try small.tokenizer.encode(" " + $0.0, addingSpecialTokens: false).ids.count
    }
    #expect(lengths.contains(1))
    #expect(lengths.contains { $0 > 1 })
    let metrics = try CounterFactEvaluator(records, tokenizer: small.tokenizer).measure(small.model)
    for (record, metrics) in zip(records, metrics) {
      let prompts = [record.fact.filledPrompt] + record.paraphrasePrompts
      for (prompt, score) in zip(prompts + record.neighborhoodPrompts, metrics.all) {
        let new = try naiveScore(prompt, record.fact.target, small)
        let former = try naiveScore(prompt, record.targetTrue, small)
        #expect(abs(score.targetNew - new.loss) < 1e-5)
        #expect(abs(score.targetTrue - former.loss) < 1e-5)
        #expect(score.isCorrect == (prompts.contains(prompt) ? new : former).isMostLikely)
      }
    }
  }

  /// As the published code scores: all logits of prompt and answer, with those of the answer's tokens picked out.
  private func naiveScore(
    _ prompt: String, _ answer: String, _ small: SmallModel
  ) throws -> (loss: Double, isMostLikely: Bool) {
    let first = try small.tokenizer.encode(prompt).ids.count
    let ids = try small.tokenizer.encode(prompt + answer).ids
    let answerIDs = try small.tokenizer.encode(answer, addingSpecialTokens: false).ids
    let logProbabilities = try small.model.logits(PackedTokens([ids])).logSoftmax().array(Float.self)
    let width = small.model.vocabularySize
    var (loss, isMostLikely) = (0.0, true)
    for (index, id) in answerIDs.enumerated() {
      let row = logProbabilities[(first + index - 1) * width..<(first + index) * width]
      loss -= Double(row[row.startIndex + id]) / Double(answerIDs.count)
      isMostLikely = isMostLikely && row.max() == row[row.startIndex + id]
    }
    return (loss, isMostLikely)
  }

  @Test func `the budget does not change the metrics`() throws {
    let small = try SmallModel()
    let evaluator = try CounterFactEvaluator(records(), tokenizer: small.tokenizer)
    let metrics = try evaluator.measure(small.model)
    let frugal = try evaluator.measure(small.model, budget: ScoringBudget(tokens: 1, logitBytes: 1))
    for (a, b) in zip(metrics.flatMap(\.all), frugal.flatMap(\.all)) {
      #expect(abs(a.targetNew - b.targetNew) < 1e-5)
      #expect(abs(a.targetTrue - b.targetTrue) < 1e-5)
      #expect(a.isCorrect == b.isCorrect)
    }
  }

  @Test func `a prompt beyond the model's reach is named`() throws {
    let small = try SmallModel()
    let long = Array(repeating: "sport", count: small.model.maximumPositions).joined(separator: " ")
    let record = """
      {"case_id": 4, "requested_rewrite": {"prompt": "{} plays", "subject": "Greta", "target_new": {"str": "hockey"}, \
      "target_true": {"str": "soccer"}}, "paraphrase_prompts": ["\(long)"]}
      """
    let records = try FactFile.records(Array(record.utf8), file: "records.json")
    let evaluator = try CounterFactEvaluator(records, tokenizer: small.tokenizer)
    let error = #expect(throws: EvaluationError.self) { try evaluator.measure(small.model) }
    guard case .unusablePrompt(let place, let prompt, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place == "records.json, record 1 (line 1)")
    #expect(prompt == long)
  }

  @Test func `no records give no metrics`() throws {
    let small = try SmallModel()
    #expect(try CounterFactEvaluator([], tokenizer: small.tokenizer).measure(small.model).isEmpty)
  }
}

/// Compares means with recorded ones, which were added up in another order.
func expect(
  _ summary: EvaluationSummary, stage: KeyPath<EvaluationSummary.Row, CounterFactSummary.Statistic?>,
  equals recorded: JSON?
) throws {
  for metric in CounterFactMetric.allCases {
    let name =
      switch metric {
      case .efficacy, .generalization, .specificity: metric.rawValue
      default: metric.publishedName
      }
    guard let theirs = recorded?[name]?.double else { continue }
    let ours = try #require(summary[metric.rawValue]?[keyPath: stage]?.mean)
    #expect(abs(ours - theirs) < 1e-12, "\(name): \(ours), recorded \(theirs)")
  }
  #expect(recorded?["efficacy"]?.double != nil)
}

/// Compares means with recorded ones, which were added up in another order.
func expect(_ summary: CounterFactSummary, equals recorded: JSON?) throws {
  let pairs: [(Double?, String)] = [
    (summary.efficacy, "efficacy"), (summary.generalization, "generalization"),
    (summary.specificity, "specificity"), (summary.rewriteAccuracy, "rewrite_acc"),
    (summary.paraphraseAccuracy, "paraphrase_acc"), (summary.neighborhoodAccuracy, "neighborhood_acc"),
  ]
  for (ours, name) in pairs {
    let ours = try #require(ours)
    let theirs = try #require(recorded?[name]?.double)
    #expect(abs(ours - theirs) < 1e-12, "\(name): \(ours), recorded \(theirs)")
  }
}
