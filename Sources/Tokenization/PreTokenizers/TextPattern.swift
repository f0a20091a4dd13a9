/// What a `Replace` or `Split` looks for.
enum TextPattern {
  case literal([UInt8])
  case words(WordPattern)

  /// Reads `{"String": …}` or `{"Regex": …}`.
  init(_ field: TokenizerField) throws(TokenizerError) {
    if let literal = try field.optional("String") {
      let bytes = try literal.bytes()
      guard !bytes.isEmpty else { throw literal.invalid("must not be empty") }
      self = .literal(bytes)
      return
    }
    let regex = try field.required("Regex")
    let text = try regex.string()
    if let words = WordPattern(regex: text) {
      self = .words(words)
    } else if !text.isEmpty, text.utf8.allSatisfy({ !Self.metacharacters.contains($0) }) {
      self = .literal(Array(text.utf8))
    } else {
      throw regex.unsupported("the regular expression \(text)")
    }
  }

  /// The matches, left to right and without overlap.
  func matches(in bytes: [UInt8], _ range: Range<Int>? = nil) -> [Range<Int>] {
    let range = range ?? bytes.indices
    switch self {
    case .literal(let literal): return bytes.ranges(of: literal, in: range)
    case .words(let pattern):
      var words: [Range<Int>] = []
      pattern.appendWords(of: bytes, range, to: &words)
      return words
    }
  }

  private static let metacharacters = Set(#"\^$.|?*+()[]{}"#.utf8)
}
