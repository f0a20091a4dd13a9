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
