/// SentencePiece's way with spaces: each becomes a visible replacement (`▁`), and one is put before the text.
struct Metaspace {
  enum PrependScheme: String { case always, never, first }

  let replacement: [UInt8]
  let prependScheme: PrependScheme
  let splits: Bool

  /// Reads both the present form (`prepend_scheme`) and the older one (`add_prefix_space`).
  init(_ field: TokenizerField) throws(TokenizerError) {
    let replacementField = try field.required("replacement")
    replacement = Array(String(try replacementField.scalar()).utf8)
    splits = try field.flag("split", default: true)
    let addsPrefix = try field.flag("add_prefix_space", default: true)
    guard let scheme = try field.optional("prepend_scheme") else {
      prependScheme = addsPrefix ? .always : .never
      return
    }
    guard let known = PrependScheme(rawValue: try scheme.string()) else {
      throw scheme.unsupported("prepend scheme \"\(try scheme.string())\"")
    }
    guard addsPrefix || known == .never else {
      throw scheme.invalid("\"\(known)\" contradicts add_prefix_space, which is false")
    }
    prependScheme = known
  }

  func apply(to text: inout PreTokenizedText) {
    text.rebuildWords { word, isFirst in
      word.replace(word.bytes.ranges(of: [0x20]), with: replacement)
      if prependScheme == .always || prependScheme == .first && isFirst, !word.bytes.starts(with: replacement)
      {
        word.prepend(replacement)
      }
    }
    guard splits else { return }
    text.splitWords { bytes, range, parts in
      SplitBehavior.mergedWithNext.appendParts(
        of: range, splitAt: bytes.ranges(of: replacement, in: range), to: &parts)
    }
  }

  /// The token's text again; those at the start of the first token were put there by `apply`.
  func decode(_ token: [UInt8], isFirst: Bool) -> [UInt8] {
    token.replacing(replacement, with: isFirst && prependScheme != .never ? [] : [0x20])
  }
}
