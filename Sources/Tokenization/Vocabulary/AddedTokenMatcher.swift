/// Finds added tokens in a text: the leftmost, and of those that start at one place the longest.
struct AddedTokenMatcher: Sendable {
  /// A part of a text: an added token, or what is between two.
  enum Part {
    case text(Range<Int>)
    case token(AddedToken, Range<Int>)
  }

  private let patterns: [(bytes: [UInt8], token: AddedToken)]
  /// The edges of a tree of bytes: (node, byte) to node; node 0 is the root.
  private var edges: PairTable<Int32>
  /// For each node, the pattern that ends there, −1 for none.
  private var endings: [Int32] = [-1]
  private var canStart = [Bool](repeating: false, count: 256)

  init(_ patterns: [(pattern: [UInt8], token: AddedToken)]) {
    self.patterns = patterns.map { ($0.pattern, $0.token) }
    edges = PairTable(capacity: 16, default: -1)
    for (number, (pattern, _)) in patterns.enumerated() {
      var node: Int32 = 0
      for byte in pattern {
        var next = edges[node, Int32(byte)]
        if next < 0 {
          next = Int32(truncatingIfNeeded: endings.count)
          edges.set(node, Int32(byte), next)
          endings.append(-1)
        }
        node = next
      }
      if let first = pattern.first { canStart[Int(first)] = true }
      // Of two tokens with one normalized form the first is found.
      if endings[Int(node)] < 0 { endings[Int(node)] = Int32(truncatingIfNeeded: number) }
    }
  }

  /// The parts of a text, in order; they cover it.
  func parts(of bytes: [UInt8], _ range: Range<Int>) -> [Part] {
    guard !range.isEmpty else { return [] }
    guard !patterns.isEmpty else { return [.text(range)] }
    var parts: [Part] = []
    var copied = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      guard canStart[Int(bytes[index])], let (token, found) = match(bytes, at: index, range) else {
        index += 1
        continue
      }
      index = found.upperBound
      guard let whole = extent(of: token, found, in: bytes, copied..<range.upperBound, range) else {
        continue
      }
      if copied < whole.lowerBound { parts.append(.text(copied..<whole.lowerBound)) }
      parts.append(.token(token, whole))
      copied = whole.upperBound
      index = max(index, copied)
    }
    if copied < range.upperBound { parts.append(.text(copied..<range.upperBound)) }
    return parts
  }

  private func match(_ bytes: [UInt8], at start: Int, _ range: Range<Int>) -> (AddedToken, Range<Int>)? {
    var node: Int32 = 0
    var found: (AddedToken, Range<Int>)?
    var index = start
    while index < range.upperBound {
      node = edges[node, Int32(bytes[index])]
      if node < 0 { break }
      index += 1
      if endings[Int(node)] >= 0 { found = (patterns[Int(endings[Int(node)])].token, start..<index) }
    }
    return found
  }

  /// What the token takes: itself and the white space it strips; nil where a single word has neighbours.
  private func extent(
    of token: AddedToken, _ found: Range<Int>, in bytes: [UInt8], _ free: Range<Int>, _ range: Range<Int>
  ) -> Range<Int>? {
    var (start, end) = (found.lowerBound, found.upperBound)
    if token.isSingleWord {
      let isAfterWord =
        start > range.lowerBound && ScalarClass.of(bytes.scalar(before: start).value).contains(.word)
      let isBeforeWord = end < range.upperBound && ScalarClass.of(bytes.scalar(at: end).value).contains(.word)
      if isAfterWord || isBeforeWord { return nil }
    }
    while token.stripsLeft, start > free.lowerBound {
      let (value, length) = bytes.scalar(before: start)
      guard ScalarClass.of(value).contains(.space) else { break }
      start -= length
    }
    while token.stripsRight, end < free.upperBound {
      let (value, length) = bytes.scalar(at: end)
      guard ScalarClass.of(value).contains(.space) else { break }
      end += length
    }
    return start..<end
  }
}
