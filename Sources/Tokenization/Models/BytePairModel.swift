/// Byte-pair encoding (Sennrich et al., arXiv 1508.07909): a word's characters, or bytes, merged by rank.
struct BytePairModel: Sendable {
  let vocabulary: Vocabulary
  private let merges: MergeTable
  /// For a byte-level vocabulary the token of each byte; with byte fallback `<0x00>` to `<0xFF>`. −1 for none.
  private let byteTokens: [Int32]
  private let isByteLevel: Bool
  private let unknown: Int32?
  private let fusesUnknown: Bool
  /// Whether a word that is a token as a whole is that token, whatever the merges say.
  private let ignoresMerges: Bool
  private let wholeWords: WholeWords
  /// Whether words may be cut where no merge crosses.
  private let cutsWords: Bool

  init(_ field: TokenizerField, isByteLevel: Bool) throws(TokenizerError) {
    try Self.refuseUnsupported(field)
    let vocabulary = try Vocabulary(field.required("vocab"))
    self.vocabulary = vocabulary
    merges = try MergeTable(field.required("merges"), vocabulary: vocabulary)
    let fallsBackToBytes = try field.flag("byte_fallback", default: false)
    self.isByteLevel = isByteLevel
    byteTokens = Self.byteTokens(vocabulary, isByteLevel: isByteLevel, fallsBackToBytes: fallsBackToBytes)
    if isByteLevel, fallsBackToBytes, byteTokens.contains(-1) {
      throw field.unsupported("byte_fallback with a ByteLevel pre-tokenizer and an incomplete byte alphabet")
    }
    fusesUnknown = try field.flag("fuse_unk", default: false)
    unknown = try field.optional("unk_token").map { (token) throws(TokenizerError) in
      guard let id = vocabulary.id(of: try token.bytes()) else {
        throw token.invalid("\"\(try token.string())\" is not in model.vocab")
      }
      return id
    }
    ignoresMerges = try field.flag("ignore_merges", default: false)
    wholeWords = WholeWords(vocabulary, isByteLevel: isByteLevel, isNeeded: ignoresMerges)
    // Tokens that stand for something else than their own text would be joined by other scalars than theirs.
    let standIns = Set((isByteLevel ? [] : byteTokens) + [unknown ?? -1])
    // What a model leaves out brings the scalars on its two sides together.
    let leavesOut = unknown == nil && byteTokens.contains(-1)
    cutsWords = !isByteLevel && !leavesOut && !merges.uses(anyOf: standIns)
  }

  /// Appends the tokens of the word at `range` of `text`.
  func appendTokens(
    of text: AlignedText, _ range: Range<Int>, cache: inout ChunkCache, to tokens: inout [SourceToken]
  ) {
    if ignoresMerges, let id = wholeWords.id(of: text.bytes, range, vocabulary) {
      tokens.append(SourceToken(id: id, source: text.source(of: range)))
      return
    }
    guard cutsWords else {
      appendChunk(of: text, range, cache: &cache, to: &tokens)
      return
    }
    var start = range.lowerBound
    while start < range.upperBound {
      let end = chunkEnd(text.bytes, start, range.upperBound)
      appendChunk(of: text, start..<end, cache: &cache, to: &tokens)
      start = end
    }
  }

  private func appendChunk(
    of text: AlignedText, _ range: Range<Int>, cache: inout ChunkCache, to tokens: inout [SourceToken]
  ) {
    let isShort = range.count <= ChunkCache.longestChunk
    if isShort, let found = cache.symbols(of: text.bytes, range) {
      for index in found { tokens.append(SourceToken(cache.symbols[index], of: text, at: range.lowerBound)) }
      return
    }
    var symbols = isByteLevel ? byteSymbols(text.bytes, range) : scalarSymbols(text.bytes, range)
    symbols.merge(with: merges)
    if isShort { cache.insert(text.bytes, range, symbols) }
    for symbol in symbols { tokens.append(SourceToken(symbol, of: text, at: range.lowerBound)) }
  }

  /// The next place, after `start`, that no merge crosses.
  private func chunkEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var (previous, length) = bytes.scalar(at: start)
    var index = start + length
    while index < end {
      let scalar: UInt32
      (scalar, length) = bytes.scalar(at: index)
      if !merges.joints.contains(previous, scalar) {
        let isFused =
          fusesUnknown && isUnknown(bytes, index..<index + length)
          && isUnknown(bytes, index - bytes.scalar(before: index).length..<index)
        if !isFused { return index }
      }
      previous = scalar
      index += length
    }
    return end
  }

  private func isUnknown(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    vocabulary.id(of: bytes, range) == nil && range.contains { byteTokens[Int(bytes[$0])] < 0 }
  }
}

extension BytePairModel {
  private func byteSymbols(_ bytes: [UInt8], _ range: Range<Int>) -> [Symbol] {
    var builder = SymbolBuilder(unknown: unknown, fusesUnknown: fusesUnknown, capacity: range.count)
    for (offset, index) in range.enumerated() {
      let id = byteTokens[Int(bytes[index])]
      builder.append(id < 0 ? nil : id, offset..<offset + 1)
    }
    return builder.finish()
  }

  private func scalarSymbols(_ bytes: [UInt8], _ range: Range<Int>) -> [Symbol] {
    var builder = SymbolBuilder(unknown: unknown, fusesUnknown: fusesUnknown, capacity: range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let next = index + bytes.scalar(at: index).length
      let offset = index - range.lowerBound
      if let id = vocabulary.id(of: bytes, index..<next) {
        builder.append(id, offset..<next - range.lowerBound)
      } else if (index..<next).allSatisfy({ byteTokens[Int(bytes[$0])] >= 0 }) {
        for byte in index..<next {
          builder.append(byteTokens[Int(bytes[byte])], byte - range.lowerBound..<byte - range.lowerBound + 1)
        }
      } else {
        builder.append(nil, offset..<next - range.lowerBound)
      }
      index = next
    }
    return builder.finish()
  }

  private static func refuseUnsupported(_ field: TokenizerField) throws(TokenizerError) {
    if let dropout = try field.optional("dropout"), dropout.value.double != 0 {
      throw dropout.unsupported("dropout, which makes ids random; set it to null")
    }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = try field.optional(name), try !affix.bytes().isEmpty {
        throw affix.unsupported("\"\(try affix.string())\"; only null or an empty string")
      }
    }
  }

  private static func byteTokens(_ vocabulary: Vocabulary, isByteLevel: Bool, fallsBackToBytes: Bool)
    -> [Int32]
  {
    (0...255 as ClosedRange<UInt8>).map { byte in
      if isByteLevel { return vocabulary.id(of: ByteAlphabet.token(for: byte)) ?? -1 }
      return fallsBackToBytes ? vocabulary.id(of: ByteFallback.token(for: byte)) ?? -1 : -1
    }
  }
}

/// Puts a chunk's first symbols in a row, before any merge.
private struct SymbolBuilder {
  private let unknown: Int32?
  private let fusesUnknown: Bool
  private var symbols: [Symbol] = []
  private var lastIsUnknown = false

  init(unknown: Int32?, fusesUnknown: Bool, capacity: Int) {
    self.unknown = unknown
    self.fusesUnknown = fusesUnknown
    symbols.reserveCapacity(capacity)
  }

  /// Appends a token, or for nil the unknown token, which a model without one leaves out.
  mutating func append(_ id: Int32?, _ range: Range<Int>) {
    let end = Int32(truncatingIfNeeded: range.upperBound)
    if id == nil, lastIsUnknown, fusesUnknown, let last = symbols.indices.last {
      symbols[last].end = end
    } else if let id = id ?? unknown {
      symbols.append(Symbol(id: id, start: Int32(truncatingIfNeeded: range.lowerBound), end: end))
    }
    lastIsUnknown = id == nil && unknown != nil
  }

  func finish() -> [Symbol] { symbols }
}

/// Words that are tokens as they stand, for a model that ignores merges for them.
private struct WholeWords: Sendable {
  /// Byte-level tokens by the bytes they stand for; nil where the vocabulary itself is asked.
  private var tokens: (words: ByteStringTable, ids: [Int32])?

  init(_ vocabulary: Vocabulary, isByteLevel: Bool, isNeeded: Bool) {
    guard isByteLevel, isNeeded else { return }
    var words = ByteStringTable(capacity: vocabulary.count)
    var ids: [Int32] = []
    for id in 0..<vocabulary.size {
      guard let token = vocabulary.token(of: id), let word = ByteAlphabet.decode(token),
        words.insert(word).isNew
      else { continue }
      ids.append(Int32(truncatingIfNeeded: id))
    }
    tokens = (words, ids)
  }

  func id(of bytes: [UInt8], _ range: Range<Int>, _ vocabulary: Vocabulary) -> Int32? {
    guard let tokens else { return vocabulary.id(of: bytes, range) }
    return tokens.words.number(of: bytes, range).map { tokens.ids[$0] }
  }
}
