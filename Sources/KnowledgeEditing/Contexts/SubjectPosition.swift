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

  /// Whether a token ends where the subject ends. Where none does, the subject's end has merged with what follows
  /// (`F.C.` with `'s`) and the chosen token belongs to both.
  public let endsWithSubject: Bool

  private let strategy: Strategy
  private let followsSubject: Int

  /// Finds the token in a prompt by the text its tokens come from.
  ///
  /// `subjectLast` is the last token with any of the subject, `subjectFirst` the first, `subjectFirstAfterLast` the
  /// one after the last, or the last where the row ends with it, and `last` the prompt's last, also where a row
  /// goes on with target tokens.
  ///
  /// The published code counts tokens instead: `subjectLast` is the number of tokens of the text up to the subject's
  /// end, less 1. That is the same token unless the text up to there is tokenised otherwise by itself than as part of
  /// the prompt, where the count can miss the subject. Its index for `subjectFirst` is negative, counts from the end
  /// of the unpadded row and is off by one where the space before the subject belongs to its first token.
  ///
  /// - Parameters:
  ///   - template: the prompt's template.
  ///   - prompt: the encoding of the template filled with `subject`.
  /// - Throws: `EditPromptFault.subjectHasNoToken` where no token has any of the subject.
  package init(
    _ strategy: Strategy, of subject: String, in template: PromptTemplate, prompt: Encoding
  ) throws(EditPromptFault) {
    let start = template.prefix.unicodeScalars.count
    let end = start + subject.unicodeScalars.count
    func isOfSubject(_ token: Int) -> Bool {
      !prompt.isSpecial[token] && prompt.offsets[token].upperBound > start
        && prompt.offsets[token].lowerBound < end
    }
    guard let first = prompt.ids.indices.first(where: isOfSubject),
      let last = prompt.ids.indices.last(where: isOfSubject)
    else { throw .subjectHasNoToken(subject: subject, prompt: template.filled(with: subject)) }
    self.strategy = strategy
    index =
      switch strategy {
      case .subjectLast: last
      case .subjectFirstAfterLast: min(last + 1, prompt.ids.count - 1)
      case .subjectFirst: first
      case .last: prompt.ids.count - 1
      }
    followsSubject = last + 1
    endsWithSubject = prompt.offsets[last].upperBound == end
  }

  /// The token's index in a row that goes on after the prompt to `length` tokens.
  func index(inRowOf length: Int) -> Int {
    strategy == .subjectFirstAfterLast && followsSubject < length ? followsSubject : index
  }
}
