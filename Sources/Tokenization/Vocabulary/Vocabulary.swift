import StrictJSON

/// The model's tokens and their ids.
struct Vocabulary: Sendable {
  /// The tokens as written, numbered in file order.
  private var tokens: ByteStringTable
  /// The id of each token, by its number.
  private var ids: [Int32] = []
  /// The number of the token with each id, −1 for none.
  private var numbers: [Int32]

  /// How far beyond the number of tokens an id may lie; a table as long as the largest id is kept.
  static let allowedGaps = 1 << 20

  init(_ field: TokenizerField) throws(TokenizerError) {
    guard let members = field.value.object?.members else {
      throw field.invalid("must be an object, is \(field.value.kind)")
    }
    tokens = ByteStringTable(capacity: members.count)
    ids.reserveCapacity(members.count)
    numbers = Array(repeating: -1, count: members.count)
    for member in members {
      guard let id = member.value.int, id >= 0, id < members.count + Self.allowedGaps else {
        throw field.invalid(
          "the id of \"\(member.key)\" is \(JSON.text(of: member.value)); "
            + "ids are integers from 0, near the number of tokens (\(members.count))")
      }
      while id >= numbers.count { numbers.append(-1) }
      guard numbers[id] < 0 else {
        throw field.invalid("\"\(member.key)\" and \"\(text(of: id))\" both have id \(id)")
      }
      // The reader has refused equal keys, so each token is new.
      let number = tokens.insert(member.key.bytes).number
      numbers[id] = Int32(truncatingIfNeeded: number)
      ids.append(Int32(truncatingIfNeeded: id))
    }
  }

  /// The largest id + 1.
  var size: Int { numbers.count }

  /// Number of tokens.
  var count: Int { ids.count }

  /// The bytes of the token with that id as written in the file, nil when there is none.
  func token(of id: Int) -> [UInt8]? {
    guard numbers.indices.contains(id), numbers[id] >= 0 else { return nil }
    return Array(tokens[Int(numbers[id])])
  }

  /// The id of a token as written in the file, nil when it is not one.
  func id(of token: [UInt8]) -> Int32? { tokens.number(of: token).map { ids[$0] } }

  /// The id of the token whose bytes are at `range`, nil when they are not one.
  func id(of bytes: [UInt8], _ range: Range<Int>) -> Int32? {
    tokens.number(of: bytes, range).map { ids[$0] }
  }

  private func text(of id: Int) -> String { String(decoding: token(of: id) ?? [], as: UTF8.self) }
}

extension JSON {
  fileprivate static func text(of value: JSON) -> String {
    switch value {
    case .number(let number): String(number.text.prefix(40))
    default: value.kind
    }
  }
}
