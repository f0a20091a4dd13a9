import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// A record of a test of ability in tokens.
struct AbilityQuestion: Sendable {
  /// The tokens that a model may answer with.
  static let answerTokens = 5

  let record: AbilityRecord
  /// The prompt's text.
  let text: String
  let prompt: [Int]
  /// The tokens of each candidate behind the prompt, in the form's order.
  let candidates: [[Int]]

  /// Puts a record into tokens, behind as many of the first `examples` as the model's positions leave room for.
  ///
  /// nil where they leave no room for the bare prompt and an answer.
  ///
  /// - Parameter maximumPositions: the longest sequence the model can read
  /// - Throws: ``AbilityRecordFault``.
  init?(
    _ record: AbilityRecord, form: AbilityForm, examples: ArraySlice<AbilityRecord>, tokenizer: Tokenizer,
    maximumPositions: Int
  ) throws(AbilityRecordFault) {
    var examples = examples
    while true {
      let text = form.prompt(record, after: examples)
      let (prompt, candidates) = try Self.ids(text, form, tokenizer)
      let answer = max(Self.answerTokens, candidates.map(\.count).max() ?? 0)
      if prompt.count <= maximumPositions - answer {
        (self.record, self.text, self.prompt, self.candidates) = (record, text, prompt, candidates)
        return
      }
      guard examples.popLast() != nil else { return nil }
    }
  }

  private static func ids(
    _ text: String, _ form: AbilityForm, _ tokenizer: Tokenizer
  ) throws(AbilityRecordFault) -> (prompt: [Int], candidates: [[Int]]) {
    do throws(AnswerFault) {
      let prompt = try tokenizer.promptIDs(text)
      var candidates: [[Int]] = []
      for candidate in form.candidates {
        candidates.append(try tokenizer.answerIDs(" \(candidate.answer)", after: text, prompt))
      }
      return (prompt, candidates)
    } catch {
      throw .notInTokens(reason: error.description)
    }
  }

  /// Adds the sequences that the model must read to score the candidates, and what is asked about them.
  func ask(_ queries: inout [TokenQuery], in sequences: inout [[Int]]) {
    for candidate in candidates {
      queries.ask(for: candidate, behind: prompt, in: &sequences)
    }
  }

  /// The candidates' mean log-likelihoods by `answers` to the queries of ``ask(_:in:)``; takes them from the front.
  func scores(_ answers: inout ArraySlice<TokenScore>) -> [Double] {
    candidates.map { candidate in
      defer { answers = answers.dropFirst(candidate.count) }
      return answers.prefix(candidate.count).reduce(0) { $0 + $1.logProbability } / Double(candidate.count)
    }
  }

  /// The candidates' log-likelihoods by logits [questions, V] behind the prompts; nil for questions with a candidate of several
  /// tokens.
  ///
  /// - Throws: `LanguageModelError.nonFiniteLogits`.
  static func scores(_ questions: [AbilityQuestion], _ logits: Tensor) throws -> [[Double]?] {
    let width = logits.size(1)
    let places = questions.enumerated().flatMap { row, question in
      question.candidates.compactMap(\.first).map { row * width + $0 }
    }
    let logProbabilities = try logits.to(.float32).logSoftmax().reshape(-1)
    var values = try logProbabilities.indexSelect(0, Tensor(places, device: logits.device)).array(
      Double.self)[...]
    guard values.allSatisfy({ !$0.isNaN }) else { throw LanguageModelError.nonFiniteLogits }
    return questions.map { question in
      let own = Array(values.prefix(question.candidates.count))
      values = values.dropFirst(own.count)
      return question.candidates.allSatisfy { $0.count == 1 } ? own : nil
    }
  }
}
