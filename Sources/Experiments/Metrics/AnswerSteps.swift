import LanguageModels
import Tokenization

/// An answer asked for token by token: what the model reads before each token, and the token.
struct AnswerSteps {
  /// The prompt's text.
  let text: String
  /// What is read before each token.
  let read: [[Int]]
  /// Each token of the answer.
  let expected: [Int]

  /// The answer's tokens, each behind the prompt and the tokens before it.
  ///
  /// - Parameter answer: with its leading space.
  init(_ prompt: String, answer: String, tokenizer: Tokenizer) throws(AnswerFault) {
    let ids = try tokenizer.promptIDs(prompt)
    let answerIDs = try tokenizer.answerIDs(answer, after: prompt, ids)
    text = prompt
    expected = answerIDs
    read = answerIDs.indices.map { ids + answerIDs[..<$0] }
  }

  /// As the published code asks: the texts of prompts, each put into tokens again, and the first token of each text
  /// of `expected`.
  ///
  /// - Parameter steps: what is read before each token, and the token's text.
  init(_ prompt: String, published steps: [PublishedStep], tokenizer: Tokenizer) throws(AnswerFault) {
    text = prompt
    var read: [[Int]] = []
    var expected: [Int] = []
    for step in steps {
      read.append(try tokenizer.promptIDs(step.prompt))
      guard let id = try tokenizer.plainIDs(step.target).first else { throw .answerHasNoToken(step.target) }
      expected.append(id)
    }
    self.read = read
    self.expected = expected
  }

  /// The longest sequence that is read.
  var longestRow: Int { read.map(\.count).max() ?? 0 }

  /// The largest token id in it.
  var largestID: Int { max(expected.max() ?? 0, read.lazy.compactMap { $0.max() }.max() ?? 0) }

  /// Adds what the model must read, and what is asked about it.
  func ask(_ queries: inout [TokenQuery], in sequences: inout [[Int]]) {
    for (ids, id) in zip(read, expected) {
      queries.append(TokenQuery(row: sequences.count, position: ids.count - 1, id: id))
      sequences.append(ids)
    }
  }

  /// The most likely tokens that `answers` to the queries of ``ask(_:in:)`` give; takes them from the front.
  func mostLikely(_ answers: inout ArraySlice<TokenScore>) -> [Int] {
    defer { answers = answers.dropFirst(expected.count) }
    return answers.prefix(expected.count).map(\.mostLikely)
  }
}

/// A prompt and the text of the one token that should follow, as the published code writes them for zsRE.
struct PublishedStep: Equatable {
  var prompt: String
  var target: String
}
