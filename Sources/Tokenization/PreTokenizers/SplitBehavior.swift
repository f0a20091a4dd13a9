/// What becomes of the matches that text is split at.
enum SplitBehavior: String {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  /// The behaviour a field names, or `defaultValue` when it is absent.
  init(_ field: TokenizerField, _ name: String, default defaultValue: SplitBehavior?) throws(TokenizerError) {
    guard let named = try defaultValue == nil ? field.required(name) : field.optional(name) else {
      self = defaultValue ?? .isolated
      return
    }
    guard let behavior = SplitBehavior(rawValue: try named.string()) else {
      throw named.unsupported("split behaviour \"\(try named.string())\"")
    }
    self = behavior
  }

  /// Appends the parts of `range`.
  ///
  /// - Parameters:
  ///   - matches: what was found in `range`, rising and without overlap.
  ///   - invert: whether what lies between the matches is what to split at.
  func appendParts(
    of range: Range<Int>, splitAt matches: [Range<Int>], invert: Bool = false, to parts: inout [Range<Int>]
  ) {
    let first = parts.count
    var previousIsMatch: Bool?
    for (part, isFound) in Self.cover(range, with: matches) {
      let isMatch = isFound != invert
      let merges: Bool
      switch self {
      case .isolated: merges = false
      case .removed:
        if !isMatch { parts.append(part) }
        continue
      case .contiguous: merges = previousIsMatch == isMatch
      case .mergedWithPrevious: merges = isMatch && previousIsMatch == false
      case .mergedWithNext: merges = previousIsMatch == true && !isMatch
      }
      if merges, parts.count > first {
        parts[parts.count - 1] = parts[parts.count - 1].lowerBound..<part.upperBound
      } else {
        parts.append(part)
      }
      previousIsMatch = isMatch
    }
  }

  /// The matches and what lies between them, in order, none empty.
  private static func cover(
    _ range: Range<Int>, with matches: [Range<Int>]
  ) -> [(part: Range<Int>, isMatch: Bool)] {
    var result: [(Range<Int>, Bool)] = []
    var index = range.lowerBound
    for match in matches {
      if index < match.lowerBound { result.append((index..<match.lowerBound, false)) }
      if !match.isEmpty { result.append((match, true)) }
      index = match.upperBound
    }
    if index < range.upperBound { result.append((index..<range.upperBound, false)) }
    return result
  }
}
