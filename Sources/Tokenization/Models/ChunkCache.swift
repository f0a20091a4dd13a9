/// What short chunks of text were tokenized into, so that a common word is worked out once.
struct ChunkCache: Sendable {
  /// Chunks of more bytes are rare and not kept.
  static let longestChunk = 64
  private static let largestCount = 1 << 16

  private var chunks = ByteStringTable(capacity: 256)
  /// Where the symbols of each chunk start, and where those of the last one end.
  private var starts: [Int] = [0]
  /// The symbols of all chunks.
  private(set) var symbols: [Symbol] = []

  /// Where in `symbols` those of the chunk at `range` of `bytes` are, nil when it is not kept.
  @inline(__always)
  func symbols(of bytes: [UInt8], _ range: Range<Int>) -> Range<Int>? {
    guard let number = chunks.number(of: bytes, range) else { return nil }
    return starts[number]..<starts[number + 1]
  }

  /// Keeps the symbols of a chunk; when there are too many chunks, forgets the others first.
  mutating func insert(_ bytes: [UInt8], _ range: Range<Int>, _ new: [Symbol]) {
    if chunks.count >= Self.largestCount {
      chunks.removeAll()
      symbols.removeAll(keepingCapacity: true)
      starts.removeSubrange(1...)
    }
    guard chunks.insert(bytes, range).isNew else { return }
    symbols.append(contentsOf: new)
    starts.append(symbols.count)
  }
}
