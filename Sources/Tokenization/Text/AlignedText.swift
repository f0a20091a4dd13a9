/// A text on its way through normalization, each of its bytes knowing which byte of the input it stands for.
struct AlignedText {
  /// Valid UTF-8.
  private(set) var bytes: [UInt8]

  /// For each byte the input byte it comes from; nil while that is `base` and onwards.
  private var origins: [Int32]?
  private var base: Int

  /// Input bytes that start at `base` of the input.
  init(_ bytes: [UInt8], at base: Int) {
    self.bytes = bytes
    self.base = base
  }

  private init(bytes: [UInt8], origins: [Int32]) {
    self.bytes = bytes
    self.origins = origins
    base = 0
  }

  var count: Int { bytes.count }

  /// The input bytes that `range` comes from. Where it covers a part of a scalar, so may the result.
  func source(of range: Range<Int>) -> Range<Int> {
    guard let origins else { return base + range.lowerBound..<base + range.upperBound }
    guard !range.isEmpty else { return 0..<0 }
    let start = Int(origins[range.lowerBound])
    return start..<max(start, Int(origins[range.upperBound - 1])) + 1
  }

  /// The part at `range`.
  func slice(_ range: Range<Int>) -> AlignedText {
    if range == bytes.indices { return self }
    guard let origins else { return AlignedText(Array(bytes[range]), at: base + range.lowerBound) }
    return AlignedText(bytes: Array(bytes[range]), origins: Array(origins[range]))
  }

  /// Puts `prefix` before a text that is not empty; it stands for the text's first scalar.
  mutating func prepend(_ prefix: [UInt8]) {
    guard !bytes.isEmpty else { return }
    var builder = Builder(capacity: count + prefix.count)
    builder.append(prefix, origin: origin(0))
    builder.copy(self, 0..<count)
    self = builder.text
  }

  /// Puts `content` in the place of each of `matches`, which rise and do not overlap; it stands for the last byte
  /// of what it replaces.
  mutating func replace(_ matches: [Range<Int>], with content: [UInt8]) {
    guard !matches.isEmpty else { return }
    var builder = Builder(capacity: count)
    var copied = 0
    for match in matches where match.lowerBound >= copied {
      builder.copy(self, copied..<match.lowerBound)
      builder.append(content, origin: origin(max(match.upperBound - 1, 0)))
      copied = match.upperBound
    }
    builder.copy(self, copied..<count)
    self = builder.text
  }

  private func origin(_ index: Int) -> Int32 {
    guard let origins else { return Int32(truncatingIfNeeded: base + index) }
    return index < origins.count ? origins[index] : Int32(truncatingIfNeeded: base)
  }

  /// Puts a new text together from parts of an old one.
  struct Builder {
    private var bytes: [UInt8] = []
    private var origins: [Int32] = []

    init(capacity: Int) {
      bytes.reserveCapacity(capacity)
      origins.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    var text: AlignedText { AlignedText(bytes: bytes, origins: origins) }

    /// Appends `range` of `text`, unchanged.
    mutating func copy(_ text: AlignedText, _ range: Range<Int>) {
      bytes.append(contentsOf: text.bytes[range])
      if let old = text.origins {
        origins.append(contentsOf: old[range])
      } else {
        for index in range { origins.append(Int32(truncatingIfNeeded: text.base + index)) }
      }
    }

    /// Appends `text`, unchanged.
    mutating func append(_ text: AlignedText) { copy(text, 0..<text.count) }

    /// Appends `new`, all of it standing for the byte at `index` of `text`.
    mutating func append(_ new: [UInt8], standingFor index: Int, of text: AlignedText) {
      append(new, origin: text.origin(index))
    }

    fileprivate mutating func append(_ new: [UInt8], origin: Int32) {
      bytes.append(contentsOf: new)
      origins.append(contentsOf: repeatElement(origin, count: new.count))
    }
  }
}
