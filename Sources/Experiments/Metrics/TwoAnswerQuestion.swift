import KnowledgeEditing
import LanguageModels
import Tokenization

/// A prompt and its two answers in tokens.
struct TwoAnswerQuestion {
  /// Which of the answers is wanted.
  enum Wanted: Sendable { case new, former }

  /// The prompt's text.
  let text: String
  let prompt: [Int]
  let new: [Int]
  let former: [Int]
  let wanted: Wanted

  /// - Parameters:
  ///   - new, former: the answers, each with its leading space.
  init(
    _ prompt: String, new: String, former: String, wanted: Wanted, tokenizer: Tokenizer
  ) throws(AnswerFault) {
    let ids = try tokenizer.promptIDs(prompt)
    text = prompt
    self.prompt = ids
    self.new = try tokenizer.answerIDs(new, after: prompt, ids)
    self.former = try tokenizer.answerIDs(former, after: prompt, ids)
    self.wanted = wanted
  }

  /// The longest sequence that is run.
  var longestRow: Int { prompt.count + max(new.count, former.count) - 1 }

  /// The largest token id in it.
  var largestID: Int { max(prompt.max() ?? 0, new.max() ?? 0, former.max() ?? 0) }

  /// Adds the sequences that the model must read, and what is asked about them: first the new answer's tokens.
  func ask(_ queries: inout [TokenQuery], in sequences: inout [[Int]]) {
    for answer in [new, former] { queries.ask(for: answer, behind: prompt, in: &sequences) }
  }

  /// The score that `answers` to the queries of ``ask(_:in:)`` give; takes them from the front.
  func score(_ answers: inout ArraySlice<TokenScore>) -> PromptScore {
    let ofNew = answers.prefix(new.count)
    let ofFormer = answers.dropFirst(new.count).prefix(former.count)
    answers = answers.dropFirst(new.count + former.count)
    func loss(_ scores: ArraySlice<TokenScore>) -> Double {
      -scores.reduce(0) { $0 + $1.logProbability } / Double(scores.count)
    }
    let (scores, ids) = wanted == .new ? (ofNew, new) : (ofFormer, former)
    return PromptScore(
      targetNew: loss(ofNew), targetTrue: loss(ofFormer),
      isCorrect: zip(scores, ids).allSatisfy { $0.mostLikely == $1 })
  }
}
