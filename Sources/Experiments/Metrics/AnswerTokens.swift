import KnowledgeEditing
import LanguageModels
import Tokenization

/// Why a prompt and its answer cannot be put into tokens.
enum AnswerFault: Error, CustomStringConvertible {
  /// There is nothing that an answer could follow.
  case promptHasNoToken
  /// The answer has nothing that could be predicted.
  case answerHasNoToken(String)
  /// The tokenizer cannot read the text.
  case tokenizer(String)

  var description: String {
    switch self {
    case .promptHasNoToken: "it has no token that an answer could follow"
    case .answerHasNoToken(let answer): "its answer “\(answer)” has no token in this model's vocabulary"
    case .tokenizer(let reason): reason
    }
  }
}

extension Tokenizer {
  /// The ids of a prompt as a model is to read it, with what stands before every text.
  ///
  /// - Throws: ``AnswerFault`` where there are none, too.
  func promptIDs(_ text: String) throws(AnswerFault) -> [Int] {
    let ids: [Int]
    do { ids = try prompt(text).ids } catch { throw .tokenizer("\(error)") }
    guard !ids.isEmpty else { throw .promptHasNoToken }
    return ids
  }

  /// The ids of an answer: those that follow the prompt's when it is written behind it; where the prompt's own
  /// tokens change by that, those of the answer by itself. For the tokenizers of the published experiments that is
  /// what their code asks for.
  ///
  /// - Parameters:
  ///   - answer: with the space before it.
  ///   - promptIDs: those of `prompt`.
  func answerIDs(_ answer: String, after prompt: String, _ promptIDs: [Int]) throws(AnswerFault) -> [Int] {
    let joint = try self.promptIDs(prompt + answer)
    var ids = Array(joint.dropFirst(promptIDs.count))
    if !joint.starts(with: promptIDs) { ids = try plainIDs(answer) }
    guard !ids.isEmpty else { throw .answerHasNoToken(answer) }
    return ids
  }

  /// The ids of a text without what stands before every text.
  func plainIDs(_ text: String) throws(AnswerFault) -> [Int] {
    do { return try encode(text, addingSpecialTokens: false).ids } catch { throw .tokenizer("\(error)") }
  }
}

extension [TokenQuery] {
  /// Asks for each token of an answer behind a prompt; adds what the model must read for it.
  mutating func ask(for answer: [Int], behind prompt: [Int], in sequences: inout [[Int]]) {
    for (index, id) in answer.enumerated() {
      append(TokenQuery(row: sequences.count, position: prompt.count - 1 + index, id: id))
    }
    sequences.append(prompt + answer.dropLast())
  }
}

extension LanguageModel {
  /// Checks that the model can read the `length` tokens of a prompt with what is to follow it, and has all of their
  /// ids.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  func check(
    _ prompt: String, length: Int, largestID: Int, place: String
  ) throws(EvaluationError) {
    func unusable(_ reason: String) -> EvaluationError {
      .unusablePrompt(place: place, prompt: prompt, reason: reason)
    }
    if length > maximumPositions {
      throw unusable(
        "with what follows it, it has \(length) tokens, and the model reaches \(maximumPositions); shorten it"
      )
    }
    if largestID >= vocabularySize {
      throw unusable(
        "token id \(largestID) is outside of the model's vocabulary of \(vocabularySize); "
          + "the tokenizer belongs to another model")
    }
  }
}
