import StrictJSON

/// The merges of a byte-pair model: for two adjacent tokens, how early they merge and into what.
struct MergeTable: Sendable {
  struct Merge: Sendable, Equatable {
    /// Its place in the list; the smallest goes first.
    var rank: Int32
    var result: Int32

    /// What two tokens have that do not merge.
    static let none = Merge(rank: .max, result: -1)
  }

  private var merges: PairTable<Merge>
  /// Scalars that a merge may join: the last of a left token with the first of a right one.
  private(set) var joints: JointScalars

  /// How two adjacent tokens merge, `none` when they do not.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge { merges[left, right] }

  /// Reads `["a b", …]` or `[["a", "b"], …]`.
  init(_ field: TokenizerField, vocabulary: Vocabulary) throws(TokenizerError) {
    guard let list = field.value.array else { throw field.invalid("must be a list, is \(field.value.kind)") }
    merges = PairTable(capacity: list.count, default: .none)
    joints = JointScalars(capacity: list.count / 4)
    var joined: [UInt8] = []
    for (rank, value) in list.enumerated() {
      let element = { TokenizerField(value: value, path: "\(field.path)[\(rank)]", file: field.file) }
      guard let (left, right) = Self.pair(value) else {
        throw element().invalid("must be two tokens, as \"a b\" or [\"a\", \"b\"]")
      }
      guard let leftID = vocabulary.id(of: left), let rightID = vocabulary.id(of: right) else {
        let missing = vocabulary.id(of: left) == nil ? left : right
        throw element().invalid("token \"\(String(decoding: missing, as: UTF8.self))\" is not in model.vocab")
      }
      joined.removeAll(keepingCapacity: true)
      joined += left
      joined += right
      guard let result = vocabulary.id(of: joined) else {
        throw element().invalid(
          "its result \"\(String(decoding: joined, as: UTF8.self))\" is not in model.vocab")
      }
      merges.set(leftID, rightID, Merge(rank: Int32(truncatingIfNeeded: rank), result: result))
      joints.insert(left.scalar(before: left.count).value, right.scalar(at: 0).value)
    }
  }

  /// Whether any merge takes one of those tokens.
  func uses(anyOf tokens: Set<Int32>) -> Bool {
    merges.contains { tokens.contains($0) || tokens.contains($1) }
  }

  private static func pair(_ value: JSON) -> (left: [UInt8], right: [UInt8])? {
    switch value {
    case .string(let string):
      let parts = string.bytes.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      return (Array(parts[0]), Array(parts[1]))
    case .array(let elements):
      guard elements.count == 2, case .string(let left) = elements[0], case .string(let right) = elements[1],
        !left.bytes.isEmpty, !right.bytes.isEmpty
      else { return nil }
      return (left.bytes, right.bytes)
    default: return nil
    }
  }
}

/// Pairs of scalars that some merge joins. Where two neighbours are no such pair no merge crosses, so what is on
/// either side can be tokenized apart.
struct JointScalars: Sendable {
  private var ascii = [Bool](repeating: false, count: 128 * 128)
  private var others: PairTable<Bool>

  init(capacity: Int) { others = PairTable(capacity: capacity, default: false) }

  mutating func insert(_ left: UInt32, _ right: UInt32) {
    if left < 128, right < 128 {
      ascii[Int(left << 7 | right)] = true
    } else {
      others.set(Int32(bitPattern: left), Int32(bitPattern: right), true)
    }
  }

  @inline(__always)
  func contains(_ left: UInt32, _ right: UInt32) -> Bool {
    if left < 128, right < 128 { return ascii[Int(left << 7 | right)] }
    return others[Int32(bitPattern: left), Int32(bitPattern: right)]
  }
}
