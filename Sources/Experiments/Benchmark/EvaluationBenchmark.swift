import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// Measures the evaluation of CounterFact records on a random GPT-2-small shape beside the straightforward
/// formulation, in one run.
public struct EvaluationBenchmark {
  /// The shape measured.
  public var model = RandomModel()
  /// How many of the records the straightforward formulation is measured on, spread over all of them; its cost a
  /// record does not depend on their number.
  public var straightforwardRecords = 10

  /// A benchmark of the shape of GPT-2 small.
  public init() {}

  /// Seconds measured, in float32.
  public struct Report: Sendable, Equatable {
    /// How many records were evaluated.
    public var records: Int
    /// How many prompts they have.
    public var prompts: Int
    /// Seconds a record.
    public var seconds: Double
    /// Seconds a record of the straightforward formulation.
    public var straightforwardSeconds: Double

    /// How many times faster this program is.
    public var speedup: Double { straightforwardSeconds / seconds }
  }

  /// Runs the measurement on records, in tokens of `tokenizer`.
  ///
  /// - Throws: ``EvaluationError``, `LanguageModelError` or `TorchError`.
  public func run(
    records: [CounterFactRecord], tokenizer: Tokenizer, onProgress: ProgressHandler? = nil
  ) throws -> Report {
    let model = try model.make(dtype: .float32)
    let clock = ContinuousClock()
    let evaluator = try CounterFactEvaluator(records, tokenizer: tokenizer)
    var metrics: [CounterFactMetrics] = []
    let ours = try clock.measure {
      metrics = try evaluator.measure(model, phase: "Evaluation", progress: onProgress)
    }
    let count = min(max(1, straightforwardRecords), records.count)
    let sample = (0..<count).map { $0 * records.count / count }
    let straightforward = try StraightforwardEvaluator(sample.map { records[$0] }, tokenizer: tokenizer)
    let naive = try clock.measure { _ = try straightforward.measure(model) }
    return Report(
      records: records.count,
      prompts: metrics.reduce(0) { $0 + $1.rewrite.count + $1.paraphrase.count + $1.neighborhood.count },
      seconds: ours / .seconds(1) / Double(max(1, records.count)),
      straightforwardSeconds: naive / .seconds(1) / Double(max(1, count)))
  }
}
