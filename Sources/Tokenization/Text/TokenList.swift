/// A token of a text, before it is given to the post-processor.
struct SourceToken {
  let id: Int32
  private let start: Int32
  private let end: Int32

  /// - Parameter source: the input bytes it comes from; texts are refused where they do not fit 32 bits.
  init(id: Int32, source: Range<Int>) {
    self.id = id
    start = Int32(truncatingIfNeeded: source.lowerBound)
    end = Int32(truncatingIfNeeded: source.upperBound)
  }

  /// The token of a symbol of the chunk that starts at `start` of `text`.
  @inline(__always)
  init(_ symbol: Symbol, of text: AlignedText, at start: Int) {
    self.init(
      id: symbol.id, source: text.source(of: start + Int(symbol.start)..<start + Int(symbol.end)))
  }

  var source: Range<Int> { Int(start)..<Int(end) }
}

/// The tokens of a text in order.
struct TokenList {
  var tokens: [SourceToken] = []

  /// For the added tokens that take white space along, by their index, what they stand for with it.
  private(set) var strippingTexts: [Int: [UInt8]] = [:]

  /// Appends an added token that was found as `text`.
  mutating func append(_ token: AddedToken, as text: [UInt8], source: Range<Int>) {
    if token.stripsLeft || token.stripsRight { strippingTexts[tokens.count] = text }
    tokens.append(SourceToken(id: token.id, source: source))
  }

  /// The tokens with their places in the input counted in scalars.
  func encoding(of input: [UInt8]) -> Encoding {
    var counter = ScalarCounter(input)
    return Encoding(
      ids: tokens.map { Int($0.id) }, offsets: tokens.map { counter.scalars(in: $0.source) },
      isSpecial: Array(repeating: false, count: tokens.count))
  }
}
