/// Sequences arranged so that few tokens are read twice.
///
/// A token sees only those before it. So a sequence that begins another needs no reading of its own, and sequences
/// that begin alike can share the keys and values of their common beginning.
struct ReadingPlan {
  /// Sequences with a common beginning, which is empty for a sequence by itself.
  struct Group {
    var prefix: ArraySlice<Int>
    var suffixes: [ArraySlice<Int>]
    /// The length of the longest of the sequences.
    var longest: Int

    var tokenCount: Int { prefix.count + suffixes.reduce(0) { $0 + $1.count } }
  }

  /// Where a sequence is read.
  struct Place: Hashable {
    var group: Int
    var suffix: Int
  }

  private(set) var groups: [Group] = []
  /// The place of each sequence, in the order given.
  private(set) var places: [Place]

  /// A common beginning is read by itself where it is at least this share of each of its sequences; sharing less
  /// saves little and costs another pass.
  private static let sharedPart = 0.5

  /// Arranges sequences; none may be empty.
  init(_ sequences: [[Int]]) {
    places = sequences.map { _ in Place(group: 0, suffix: 0) }
    // In reverse lexicographic order a sequence comes right behind those that it begins.
    let order = sequences.indices.sorted { sequences[$1].lexicographicallyPrecedes(sequences[$0]) }
    var last: Int?
    for index in order {
      if let last, sequences[last].starts(with: sequences[index]) {
        places[index] = places[last]
        continue
      }
      places[index] = place(sequences[index], after: last.map { sequences[$0] })
      last = index
    }
  }

  /// Takes in a sequence, into the last group where that saves reading.
  private mutating func place(_ sequence: [Int], after previous: [Int]?) -> Place {
    guard let previous, var group = groups.last else { return begin(sequence) }
    let rows = group.suffixes.count
    let common = zip(sequence, previous).prefix { $0 == $1 }.count
    let cut = rows == 1 ? common : min(common, group.prefix.count)
    let longest = max(group.longest, sequence.count)
    // Joining lets every row share `cut` tokens, where the group's rows share its prefix so far.
    guard Double(cut) >= Self.sharedPart * Double(longest), rows * cut > (rows - 1) * group.prefix.count
    else {
      return begin(sequence)
    }
    if rows == 1 {
      group.prefix = previous.prefix(cut)
      group.suffixes = [previous.dropFirst(cut)]
    } else if cut < group.prefix.count {
      let tail = group.prefix.dropFirst(cut)
      group.suffixes = group.suffixes.map { tail + $0 }
      group.prefix = group.prefix.prefix(cut)
    }
    group.suffixes.append(sequence.dropFirst(cut))
    group.longest = longest
    groups[groups.count - 1] = group
    return Place(group: groups.count - 1, suffix: rows)
  }

  private mutating func begin(_ sequence: [Int]) -> Place {
    groups.append(Group(prefix: [], suffixes: [sequence[...]], longest: sequence.count))
    return Place(group: groups.count - 1, suffix: 0)
  }
}
