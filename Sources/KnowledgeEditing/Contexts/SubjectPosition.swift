import Tokenization

/// Where in a tokenised prompt the subject's hidden state is read and changed.
public struct SubjectPosition: Sendable, Equatable {
  /// The rule by which the token is chosen; raw values are the published names (`fact_token`).
  public enum Strategy: String, Sendable, CaseIterable {
    /// The subject's last token; what all published settings use.
    case subjectLast = "subject_last"
    /// The first token after the subject, or its last where nothing follows.
    case subjectFirstAfterLast = "subject_first_after_last"
    /// The subject's first token.
    case subjectFirst = "subject_first"
    /// The prompt's last token.
    case last
  }

  /// The token's index in the prompt's ids.
  public let index: Int

  /// Whether the prompt's tokens up to the subject's end are those of that text by itself. Where they are not, the
  /// subject's end has merged with what follows and the chosen token may belong to more, or less, than the subject.
  public let endsWithSubject: Bool

  private let strategy: Strategy
  /// q, the number of tokens of the text up to the subject's end.
  private let tokensUpToEnd: Int

  /// Finds the token in the prompt `template` filled with `subject`.
  ///
  /// The published rule counts tokens: with q the number of tokens of the text up to the subject's end,
  /// `subjectLast` is q − 1 and `subjectFirstAfterLast` is q, or q − 1 where q is the end. For `subjectFirst` the
  /// published code gives a negative index that counts from the end of the unpadded row and is off by one where the
  /// space before the subject belongs to its first token; here it is the first token that covers the subject. `last`
  /// is the last token of the prompt proper, also where a row goes on with target tokens.
  ///
  /// - Parameters:
  ///   - prompt: the filled prompt's encoding by `tokenizer`, special tokens before it included.
  /// - Throws: `EditPromptFault.subjectHasNoToken` where the rule gives no token of the prompt's text.
  init(
    _ strategy: Strategy, of subject: String, in template: PromptTemplate, prompt: Encoding,
    tokenizer: Tokenizer
  ) throws(EditPromptFault) {
    let start = template.prefix.unicodeScalars.count
    let end = start + subject.unicodeScalars.count
    let tokensUpToEnd = try tokenizer.prompt(template.prefix + subject).ids.count
    let chosen: Int? =
      switch strategy {
      case .subjectLast: tokensUpToEnd - 1
      case .subjectFirstAfterLast: min(tokensUpToEnd, prompt.ids.count - 1)
      case .subjectFirst:
        prompt.offsets.indices.first { !prompt.isSpecial[$0] && prompt.offsets[$0].upperBound > start }
      case .last: prompt.ids.count - 1
      }
    guard let chosen, prompt.ids.indices.contains(chosen), !prompt.isSpecial[chosen] else {
      throw .subjectHasNoToken(subject: subject, prompt: template.filled(with: subject))
    }
    index = chosen
    self.strategy = strategy
    self.tokensUpToEnd = tokensUpToEnd
    let (upToEnd, after) = (prompt.offsets.prefix(tokensUpToEnd), prompt.offsets.dropFirst(tokensUpToEnd))
    endsWithSubject = upToEnd.last?.upperBound == end && after.first.map { $0.lowerBound >= end } ?? true
  }

  /// The token's index in a row that goes on after the prompt to `length` tokens.
  func index(inRowOf length: Int) -> Int {
    strategy == .subjectFirstAfterLast && tokensUpToEnd < length ? tokensUpToEnd : index
  }
}
