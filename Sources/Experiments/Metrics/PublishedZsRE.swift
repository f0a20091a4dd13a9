import Tokenization

/// The prompts that the published code makes of zsRE's questions and answers.
struct PublishedZsRE {
  private let tokenizer: Tokenizer

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// Whether a token stands before every text; the published code asks whether the model's path has “llama” in it.
  private var beginsTexts: Bool {
    get throws(AnswerFault) {
      do { return try !tokenizer.encode("").ids.isEmpty } catch { throw .tokenizer("\(error)") }
    }
  }

  /// The prompt followed by the text of the answer's first 0, 1, … tokens, after one more space where a token
  /// stands before every text; and the text of the next token.
  ///
  /// - Parameter answer: with its leading space.
  func target(_ prompt: String, _ answer: String) throws(AnswerFault) -> [PublishedStep] {
    let ids = try tokenizer.plainIDs(answer)
    let space = try beginsTexts ? " " : ""
    return try steps(ids) { index, text in prompt + (index > 0 ? space : "") + text }
  }

  /// The same for the locality's answer, whose tokens are taken with what stands before every text.
  func locality(_ prompt: String, _ answer: String) throws(AnswerFault) -> [PublishedStep] {
    try steps(tokenizer.promptIDs(answer)) { prompt + $1 }
  }

  private func steps(_ ids: [Int], _ prompt: (Int, String) -> String) throws(AnswerFault) -> [PublishedStep] {
    var steps: [PublishedStep] = []
    for index in ids.indices {
      let read = prompt(index, try text(ids[..<index]))
      steps.append(PublishedStep(prompt: read, target: try text(ids[index...index])))
    }
    return steps
  }

  private func text(_ ids: ArraySlice<Int>) throws(AnswerFault) -> String {
    do { return try tokenizer.decode(Array(ids)) } catch { throw .tokenizer("\(error)") }
  }
}
