/// Searching bytes for literal strings.
extension Array<UInt8> {
  /// The places in `range`, left to right and without overlap, where `needle` stands; none for an empty one.
  func ranges(of needle: [UInt8], in range: Range<Int>? = nil) -> [Range<Int>] {
    let range = range ?? indices
    guard let first = needle.first else { return [] }
    var found: [Range<Int>] = []
    var index = range.lowerBound
    while index + needle.count <= range.upperBound {
      if self[index] == first, needle.count == 1 || self[index..<index + needle.count].elementsEqual(needle) {
        found.append(index..<index + needle.count)
        index += needle.count
      } else {
        index += 1
      }
    }
    return found
  }

  /// The bytes with `replacement` wherever `needle` stands.
  func replacing(_ needle: [UInt8], with replacement: [UInt8]) -> [UInt8] {
    let matches = ranges(of: needle)
    guard !matches.isEmpty else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var copied = 0
    for match in matches {
      result.append(contentsOf: self[copied..<match.lowerBound])
      result.append(contentsOf: replacement)
      copied = match.upperBound
    }
    result.append(contentsOf: self[copied...])
    return result
  }
}
