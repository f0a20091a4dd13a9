extension [UInt8] {
  /// Where `pattern` starts in these bytes, overlapping occurrences included, in order, at most `limit` of them.
  ///
  /// Knuth, Morris and Pratt's search: linear in both lengths, whatever the bytes are. None for an empty pattern.
  package func occurrences(of pattern: [UInt8], limit: Int) -> [Int] {
    guard !pattern.isEmpty, pattern.count <= count else { return [] }
    // border[i]: length of the longest proper prefix of pattern[...i] that is also its suffix.
    var border = [Int](repeating: 0, count: pattern.count)
    var matched = 0
    for index in pattern.indices.dropFirst() {
      while matched > 0, pattern[index] != pattern[matched] { matched = border[matched - 1] }
      if pattern[index] == pattern[matched] { matched += 1 }
      border[index] = matched
    }
    var places: [Int] = []
    matched = 0
    for index in indices {
      while matched > 0, self[index] != pattern[matched] { matched = border[matched - 1] }
      if self[index] == pattern[matched] { matched += 1 }
      guard matched == pattern.count else { continue }
      places.append(index + 1 - pattern.count)
      if places.count >= limit { break }
      matched = border[matched - 1]
    }
    return places
  }
}
