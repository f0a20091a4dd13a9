import StrictJSON

/// How a model goes on at a prompt by itself, and whether it says the target.
public struct FreeContinuation: Sendable, Equatable {
  /// What the model wrote behind the prompt, up to where it showed whether that is the target.
  public var text: String
  /// Whether it is.
  public var saysTarget: Bool

  /// That text and judgement.
  public init(text: String, saysTarget: Bool) {
    self.text = text
    self.saysTarget = saysTarget
  }

  /// Whether a continuation says `target`; nil while more of it could tell.
  ///
  /// It does when, white space before both aside, its text begins with the target, letter case included, and the
  /// target ends there: neither a letter nor a digit follows.
  ///
  /// - Parameter isEnd: whether the text goes no further.
  static func says(_ target: String, _ text: String, isEnd: Bool) -> Bool? {
    func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.drop(while: \.isWhitespace).utf8)[...] }
    let target = bytes(target)
    var said = bytes(text)
    // The first bytes of a character, whose others come with the next token, are decoded as U+FFFD.
    while !isEnd, said.suffix(3).elementsEqual("\u{FFFD}".utf8) { said.removeLast(3) }
    guard said.starts(with: target) else { return !isEnd && target.starts(with: said) ? nil : false }
    let rest = String(decoding: said.dropFirst(target.count), as: UTF8.self)
    guard let next = rest.unicodeScalars.first else { return isEnd ? true : nil }
    return !(next.properties.isAlphabetic || next.properties.numericType != nil)
  }
}

/// Whether a model says the target of one record when it writes by itself.
///
/// Accuracy with teacher forcing shows the model the target's first tokens; here it must find all of them.
public struct FreeGenerationMetrics: Sendable, Equatable {
  /// At the fact's own prompt.
  public var rewrite: [FreeContinuation]
  /// At the record's paraphrases.
  public var paraphrase: [FreeContinuation]

  /// Metrics of the prompts' continuations, in the record's order.
  public init(rewrite: [FreeContinuation], paraphrase: [FreeContinuation]) {
    self.rewrite = rewrite
    self.paraphrase = paraphrase
  }

  /// The share of the fact's own prompts at which the target is said: 0 or 1.
  public var rewriteSuccess: Double? { Self.share(rewrite) }
  /// The share of paraphrases at which it is said; nil where there are none.
  public var paraphraseSuccess: Double? { Self.share(paraphrase) }

  /// `*_prompts_said`, and `*_continuations`, for `rewrite` and `paraphrase`; the published files have neither.
  public var json: JSON {
    [
      "rewrite_prompts_said": JSON(rewrite.map { JSON($0.saysTarget) }),
      "paraphrase_prompts_said": JSON(paraphrase.map { JSON($0.saysTarget) }),
      "rewrite_continuations": JSON(rewrite.map { JSON($0.text) }),
      "paraphrase_continuations": JSON(paraphrase.map { JSON($0.text) }),
    ]
  }

  private static func share(_ continuations: [FreeContinuation]) -> Double? {
    continuations.isEmpty
      ? nil : Double(continuations.count(where: \.saysTarget)) / Double(continuations.count)
  }
}
