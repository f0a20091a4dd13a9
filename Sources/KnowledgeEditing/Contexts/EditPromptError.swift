import Tokenization

/// Why a fact cannot be put into tokens.
public enum EditPromptFault: Error, Equatable, CustomStringConvertible {
  /// The target has no token that could be predicted.
  case targetHasNoToken(target: String)
  /// No token of the prompt has any of the subject.
  case subjectHasNoToken(subject: String, prompt: String)
  /// The tokenizer cannot read the text.
  case tokenizer(TokenizerError)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .targetHasNoToken(let target):
      "the target \(quoted(target)) has no token in this model's vocabulary; choose other words"
    case .subjectHasNoToken(let subject, let prompt):
      "the subject \(quoted(subject)) has no token in \(quoted(prompt)); choose other words"
    case .tokenizer(let error): "\(error)"
    }
  }
}

/// Why a fact cannot be put into tokens, and which fact it is.
public struct EditPromptError: Error, Equatable, CustomStringConvertible {
  /// The fact's name.
  public var id: String

  /// Where the fact was read.
  public var source: FactSource?

  /// What is wrong with it.
  public var fault: EditPromptFault

  /// "facts.json, record 3 (line 41): what is wrong".
  public var description: String { "\(source.map(\.description) ?? "fact \(id)"): \(fault)" }
}

/// Something about a fact's tokens that does not stop an edit but may weaken it.
public enum EditPromptWarning: Sendable, Equatable, CustomStringConvertible {
  /// The subject's end has merged with what follows into one token, so that the edited hidden state also belongs to
  /// other text.
  case subjectMerges(subject: String, prompt: String)
  /// Prompt and target written together are other tokens than each by itself; the fact is then written for the
  /// tokens of the target by itself, as a model continues the prompt, though it may not meet them in running text.
  case targetMerges(target: String, prompt: String)

  /// What is odd.
  public var description: String {
    switch self {
    case .subjectMerges(let subject, let prompt):
      "in \(quoted(prompt)) the end of the subject \(quoted(subject)) is one token with what follows it"
    case .targetMerges(let target, let prompt):
      "the target \(quoted(target)) is one token with the end of \(quoted(prompt))"
    }
  }
}
