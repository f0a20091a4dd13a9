/// A token beside the model's vocabulary, found in a text before anything else is done to it.
struct AddedToken: Sendable {
  let content: [UInt8]
  /// The content as the normalizer makes it, when the token is looked for in that form.
  let normalizedContent: [UInt8]
  let id: Int32
  /// Not part of what a reader should see; left out of a decoded text on request.
  let isSpecial: Bool
  /// Looked for in the normalized text, in its own normalized form.
  let isNormalized: Bool
  /// Found only where no word character is beside it.
  let isSingleWord: Bool
  /// Takes the white space before it along.
  let stripsLeft: Bool
  /// Takes the white space after it along.
  let stripsRight: Bool

  /// Matching compares each position of a text with the longest token, so their length is bounded.
  private static let longestContent = 1024

  init(_ field: TokenizerField, normalizer: Normalizer?) throws(TokenizerError) {
    let contentField = try field.required("content")
    content = try contentField.bytes()
    guard !content.isEmpty else { throw contentField.invalid("must not be empty") }
    guard content.count <= Self.longestContent else {
      throw contentField.unsupported(
        "an added token of \(content.count) bytes; at most \(Self.longestContent)")
    }
    let idField = try field.required("id")
    let id = try idField.int()
    guard id >= 0, id < 1 << 30 else { throw idField.invalid("\(id) is out of range") }
    self.id = Int32(truncatingIfNeeded: id)
    isSpecial = try field.flag("special", default: false)
    isNormalized = try field.flag("normalized", default: !isSpecial)
    var text = AlignedText(content, at: 0)
    if isNormalized { normalizer?.apply(to: &text) }
    normalizedContent = text.bytes
    isSingleWord = try field.flag("single_word", default: false)
    stripsLeft = try field.flag("lstrip", default: false)
    stripsRight = try field.flag("rstrip", default: false)
  }
}
