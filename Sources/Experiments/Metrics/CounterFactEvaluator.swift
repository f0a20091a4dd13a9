import KnowledgeEditing
import LanguageModels
import Tokenization

/// Measures a model on CounterFact records, any number of times: before an edit and after it.
///
/// ```swift
/// let evaluator = try CounterFactEvaluator(FactFile.records(url), tokenizer: tokenizer)
/// let before = CounterFactSummary(try evaluator.measure(model))
/// ```
public struct CounterFactEvaluator {
  private struct Questions {
    let place: String
    let rewrite: [TwoAnswerQuestion]
    let paraphrase: [TwoAnswerQuestion]
    let neighborhood: [TwoAnswerQuestion]

    var all: [TwoAnswerQuestion] { rewrite + paraphrase + neighborhood }
  }

  private let records: [Questions]

  /// Puts the prompts and answers of `records` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(_ records: [CounterFactRecord], tokenizer: Tokenizer) throws(EvaluationError) {
    var asked: [Questions] = []
    asked.reserveCapacity(records.count)
    for record in records {
      func questions(
        _ prompts: [String], _ wanted: TwoAnswerQuestion.Wanted
      ) throws(EvaluationError) -> [TwoAnswerQuestion] {
        var questions: [TwoAnswerQuestion] = []
        for prompt in prompts {
          do {
            questions.append(
              try TwoAnswerQuestion(
                prompt, new: record.fact.target, former: record.targetTrue, wanted: wanted,
                tokenizer: tokenizer))
          } catch {
            throw .unusablePrompt(place: record.place, prompt: prompt, reason: "\(error)")
          }
        }
        return questions
      }
      asked.append(
        Questions(
          place: record.place, rewrite: try questions([record.fact.filledPrompt], .new),
          paraphrase: try questions(record.paraphrasePrompts, .new),
          neighborhood: try questions(record.neighborhoodPrompts, .former)))
    }
    self.records = asked
  }

  /// The metrics of each record, in order.
  ///
  /// Prompts of like length share forward passes, whatever records they are of; logits are computed in float32 and
  /// only where an answer's token is asked for.
  ///
  /// - Parameters:
  ///   - budget: how much is computed at once.
  ///   - phase: the name under which progress is reported.
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)`` for a prompt that the model cannot read;
  ///   `LanguageModelError`; `TorchError`.
  public func measure(
    _ model: any LanguageModel, budget: ScoringBudget = ScoringBudget(), phase: String = "Evaluation",
    progress: ProgressHandler? = nil
  ) throws -> [CounterFactMetrics] {
    for record in records { try check(record, model) }
    return try records.measured(phase: phase, progress: progress) { try measure($0, model, budget) }
  }

  private func measure(
    _ records: ArraySlice<Questions>, _ model: any LanguageModel, _ budget: ScoringBudget
  ) throws -> [CounterFactMetrics] {
    var queries: [TokenQuery] = []
    var sequences: [[Int]] = []
    for question in records.flatMap(\.all) { question.ask(&queries, in: &sequences) }
    var answers = try model.scores(of: queries, in: sequences, budget: budget)[...]
    return records.map { record in
      CounterFactMetrics(
        rewrite: record.rewrite.map { $0.score(&answers) },
        paraphrase: record.paraphrase.map { $0.score(&answers) },
        neighborhood: record.neighborhood.map { $0.score(&answers) })
    }
  }

  private func check(_ record: Questions, _ model: any LanguageModel) throws(EvaluationError) {
    for question in record.all {
      try model.check(
        question.text, length: question.longestRow, largestID: question.largestID, place: record.place)
    }
  }
}

extension CounterFactRecord {
  /// Where the record was read, else its name.
  var place: String { fact.source.map(\.description) ?? "record \(fact.id)" }
}
