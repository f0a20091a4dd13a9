import Torch

/// A batch of token sequences of any lengths, packed side by side without padding.
///
/// ```swift
/// let tokens = try PackedTokens([[5, 6, 7], [8, 9]])
/// let logits = try model.logits(tokens)               // [5, vocabulary]
/// let last = tokens.start(ofRow: 1) + 1               // the second token of the second sequence
/// ```
///
/// Rows of equal length are brought together, so the packed order is not the caller's: ``start(ofRow:)`` and
/// ``order`` tell where a row has gone.
public struct PackedTokens {
  /// Token ids, int64 [N].
  public let ids: Tensor
  /// The rows of equal length, shortest first.
  public let groups: [RowGroup]
  /// The caller's number of each packed row.
  public let order: [Int]
  /// The sequences as they were given.
  public let sequences: [[Int]]
  private let starts: [Int]

  /// Packs `sequences`.
  ///
  /// - Throws: ``LanguageModelError`` if there are none or one of them is empty.
  public init(_ sequences: [[Int]], device: Device = .cpu) throws {
    guard !sequences.isEmpty else { throw LanguageModelError.invalidPass("a batch without sequences.") }
    if let empty = sequences.firstIndex(where: \.isEmpty) {
      throw LanguageModelError.sequence(row: empty, reason: "it has no tokens.")
    }
    self.sequences = sequences
    // Equal lengths keep the caller's order, so that the packing is the same on every run.
    order = sequences.indices.sorted { (sequences[$0].count, $0) < (sequences[$1].count, $1) }
    var groups: [RowGroup] = []
    var starts = [Int](repeating: 0, count: sequences.count)
    var packed: [Int] = []
    packed.reserveCapacity(sequences.reduce(0) { $0 + $1.count })
    for row in order {
      starts[row] = packed.count
      packed += sequences[row]
      if groups.last?.length == sequences[row].count {
        groups[groups.count - 1].rows += 1
      } else {
        groups.append(RowGroup(rows: 1, length: sequences[row].count))
      }
    }
    self.groups = groups
    self.starts = starts
    ids = try Tensor(packed, device: device)
  }

  /// How many sequences there are.
  public var rowCount: Int { order.count }

  /// How many tokens there are, N.
  public var tokenCount: Int { groups.reduce(0) { $0 + $1.tokenCount } }

  /// The packed index of the first token of the caller's row.
  public func start(ofRow callerRow: Int) -> Int { starts[callerRow] }

  /// ``groups``, continuing rows whose earlier tokens are cached.
  ///
  /// - Parameter past: keys and values of the caller's rows, in the caller's order.
  public func groups(after past: PastKeyValues) throws -> [RowGroup] {
    guard past.lengths.count == rowCount else {
      throw LanguageModelError.invalidPass(
        "\(past.lengths.count) cached rows for a batch of \(rowCount) rows.")
    }
    var first = 0
    return try groups.map { group in
      defer { first += group.rows }
      var group = group
      group.past = try past.selectingRows(Array(order[first..<first + group.rows]))
      return group
    }
  }

  /// What a pass over this batch recorded, as rows in the caller's order.
  public func callerOrder(_ recorded: [PastKeyValues]) throws -> PastKeyValues {
    var packedRows = [Int](repeating: 0, count: rowCount)
    for (packed, row) in order.enumerated() { packedRows[row] = packed }
    return try PastKeyValues.joined(recorded).selectingRows(packedRows)
  }
}
