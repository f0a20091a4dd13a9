import KnowledgeEditing
import Testing
import Tokenization
import TestSupport

@testable import Experiments

/// What `alphaedit bench` compares the evaluation with.
struct StraightforwardEvaluatorTests {
  @Test func `both ways of evaluating give the same metrics`() throws {
    let small = try SmallModel()
    let records = try FactFile.records(Package.llamaTiny.appendingPathComponent("facts.json"), limit: 6)
    let ours = try CounterFactEvaluator(records, tokenizer: small.tokenizer).measure(small.model)
    let theirs = try StraightforwardEvaluator(records, tokenizer: small.tokenizer).measure(small.model)
    for (ours, theirs) in zip(ours, theirs) {
      try #require(ours.all.count == theirs.count && theirs.count == 13)
      for (a, b) in zip(ours.all, theirs) {
        #expect(abs(a.targetNew - b.targetNew) < 1e-4)
        #expect(abs(a.targetTrue - b.targetTrue) < 1e-4)
        #expect(a.isCorrect == b.isCorrect)
      }
    }
  }

  @Test func `a small shape is measured`() throws {
    let small = try SmallModel()
    let records = try FactFile.records(Package.llamaTiny.appendingPathComponent("facts.json"), limit: 4)
    var benchmark = EvaluationBenchmark()
    benchmark.model.shape = .gpt2(
      blockCount: 1, width: 48, heads: 2, vocabularySize: small.model.vocabularySize)
    benchmark.straightforwardRecords = 9
    let report = try benchmark.run(records: records, tokenizer: small.tokenizer)
    #expect(report.records == 4 && report.prompts == 52)
    #expect(report.seconds > 0 && report.straightforwardSeconds > 0)
  }
}
