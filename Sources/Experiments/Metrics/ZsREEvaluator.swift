import KnowledgeEditing
import LanguageModels
import Tokenization

/// Measures a model on zsRE records, any number of times: before an edit and after it.
///
/// The published code writes each answer's first tokens as text behind the prompt and puts that into tokens again.
/// With tokenizers that begin every text with a token (Llama's) two things go wrong: a space too many stands before
/// all but the first of a target's tokens where the text brings its own (Llama 3); and BOS is taken for the first
/// token of the locality's answer and stands in the middle of all later prompts, so that of m tokens at most m/(m +
/// 1) can be right. Here the answer's tokens are those that follow the prompt's in one text. `asPublished` asks as
/// the published code does.
public struct ZsREEvaluator {
  private struct Questions {
    let place: String
    let rewrite: AnswerSteps
    let paraphrase: [AnswerSteps]
    let neighborhood: AnswerSteps

    var all: [AnswerSteps] { [rewrite] + paraphrase + [neighborhood] }
  }

  private let records: [Questions]

  /// Puts the questions and answers of `records` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(
    _ records: [ZsRERecord], tokenizer: Tokenizer, asPublished: Bool = false
  ) throws(EvaluationError) {
    let published = asPublished ? PublishedZsRE(tokenizer) : nil
    var asked: [Questions] = []
    asked.reserveCapacity(records.count)
    for record in records {
      func steps(
        _ prompt: String, _ answer: String, isLocality: Bool = false
      ) throws(EvaluationError) -> AnswerSteps {
        do {
          guard let published else { return try AnswerSteps(prompt, answer: answer, tokenizer: tokenizer) }
          let steps = try isLocality ? published.locality(prompt, answer) : published.target(prompt, answer)
          return try AnswerSteps(prompt, published: steps, tokenizer: tokenizer)
        } catch {
          throw .unusablePrompt(place: record.place, prompt: prompt, reason: "\(error)")
        }
      }
      var paraphrase: [AnswerSteps] = []
      for prompt in record.paraphrasePrompts { paraphrase.append(try steps(prompt, record.fact.target)) }
      asked.append(
        Questions(
          place: record.place, rewrite: try steps(record.fact.filledPrompt, record.fact.target),
          paraphrase: paraphrase,
          neighborhood: try steps(record.localityQuestion, record.localityAnswer, isLocality: true)))
    }
    self.records = asked
  }

  /// The metrics of each record, in order.
  ///
  /// - Parameters:
  ///   - budget: how much is computed at once.
  ///   - phase: the name under which progress is reported.
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)`` for a question that the model cannot read;
  ///   `LanguageModelError`; `TorchError`.
  public func measure(
    _ model: any LanguageModel, budget: ScoringBudget = ScoringBudget(), phase: String = "Evaluation",
    progress: ProgressHandler? = nil
  ) throws -> [ZsREMetrics] {
    for record in records {
      for steps in record.all {
        try model.check(
          steps.text, length: steps.longestRow, largestID: steps.largestID, place: record.place)
      }
    }
    return try records.measured(phase: phase, progress: progress) { try measure($0, model, budget) }
  }

  private func measure(
    _ records: ArraySlice<Questions>, _ model: any LanguageModel, _ budget: ScoringBudget
  ) throws -> [ZsREMetrics] {
    var queries: [TokenQuery] = []
    var sequences: [[Int]] = []
    for steps in records.flatMap(\.all) { steps.ask(&queries, in: &sequences) }
    var answers = try model.scores(of: queries, in: sequences, budget: budget)[...]
    func correct(_ steps: AnswerSteps) -> [Bool] {
      zip(steps.mostLikely(&answers), steps.expected).map { $0 == $1 }
    }
    return records.map { record in
      let (rewrite, paraphrase) = (correct(record.rewrite), record.paraphrase.flatMap(correct))
      let tokens = record.neighborhood.mostLikely(&answers)
      return ZsREMetrics(
        rewrite: rewrite, paraphrase: paraphrase,
        neighborhood: zip(tokens, record.neighborhood.expected).map { $0 == $1 }, neighborhoodTokens: tokens)
    }
  }
}
