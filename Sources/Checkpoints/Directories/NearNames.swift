/// The names most like `name`, best first, for “did you mean” messages.
///
/// - Parameters:
///   - candidates: the names that exist.
///   - limit: how many to return at most.
func namesNear(_ name: String, among candidates: [String], limit: Int = 3) -> [String] {
  let wanted = Array(name.utf8.prefix(200))
  let scored = candidates.compactMap { candidate -> (distance: Int, name: String)? in
    let distance = editDistance(wanted, Array(candidate.utf8.prefix(200)))
    return distance <= max(3, wanted.count / 2) ? (distance, candidate) : nil
  }
  return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
}

/// The Levenshtein distance.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var row = Array(0...second.count)
  for (i, byte) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in second.enumerated() {
      let substituted = diagonal + (byte == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
