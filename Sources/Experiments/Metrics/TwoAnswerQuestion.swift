import KnowledgeEditing
import LanguageModels
import Tokenization

/// A prompt and its two answers in tokens.
///
/// An answer's tokens are those that follow the prompt's when it is written behind it, after a space; where the prompt's
/// own tokens change by that, those of the answer by itself. For the tokenizers of the published experiments that is what
/// their code asks for.
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
  ) throws(TwoAnswerFault) {
    let ids = try Self.ids(prompt, tokenizer)
    guard !ids.isEmpty else { throw .promptHasNoToken }
    text = prompt
    self.prompt = ids
    self.new = try Self.answer(new, after: prompt, ids, tokenizer)
    self.former = try Self.answer(former, after: prompt, ids, tokenizer)
    self.wanted = wanted
  }

  private static func answer(
    _ answer: String, after prompt: String, _ promptIDs: [Int], _ tokenizer: Tokenizer
  ) throws(TwoAnswerFault) -> [Int] {
    let joint = try Self.ids(prompt + answer, tokenizer)
    var ids = Array(joint.dropFirst(promptIDs.count))
    if !joint.starts(with: promptIDs) {
      do { ids = try tokenizer.encode(answer, addingSpecialTokens: false).ids } catch {
        throw .tokenizer("\(error)")
      }
    }
    guard !ids.isEmpty else { throw .answerHasNoToken(answer) }
    return ids
  }

  private static func ids(_ text: String, _ tokenizer: Tokenizer) throws(TwoAnswerFault) -> [Int] {
    do { return try tokenizer.prompt(text).ids } catch { throw .tokenizer("\(error)") }
  }

  /// The longest sequence that is run.
  var longestRow: Int { prompt.count + max(new.count, former.count) - 1 }

  /// The largest token id in it.
  var largestID: Int { max(prompt.max() ?? 0, new.max() ?? 0, former.max() ?? 0) }

  /// Adds the sequences that the model must read, and what is asked about them: first the new answer's tokens.
  ///
  /// What is read for one answer may be the beginning of what is read for the other, as where both are one token; then
  /// one sequence serves both, since a token sees only those before it.
  func ask(_ queries: inout [TokenQuery], in sequences: inout [[Int]]) {
    let (newRow, formerRow) = (new.dropLast(), former.dropLast())
    let row = sequences.count
    var rows = (new: row, former: row)
    if newRow.starts(with: formerRow) {
      sequences.append(prompt + newRow)
    } else if formerRow.starts(with: newRow) {
      sequences.append(prompt + formerRow)
    } else {
      sequences += [prompt + newRow, prompt + formerRow]
      rows.former = row + 1
    }
    for (answer, row) in [(new, rows.new), (former, rows.former)] {
      for (index, id) in answer.enumerated() {
        queries.append(TokenQuery(row: row, position: prompt.count - 1 + index, id: id))
      }
    }
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

/// Why a prompt and its answers cannot be put into tokens.
enum TwoAnswerFault: Error, CustomStringConvertible {
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
