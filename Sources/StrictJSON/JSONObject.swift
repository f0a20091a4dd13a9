/// A JSON object: members in file order, looked up by the bytes of their keys.
public struct JSONObject: Sendable {
  /// One key and its value.
  public typealias Member = (key: JSONString, value: JSON)

  /// The members in file order; no two have the same key.
  public private(set) var members: [Member]

  /// Where each key is in `members`; empty while a scan of the few members is faster.
  private var positions: [JSONString: Int]

  /// The largest number of members that is searched one by one.
  private static let scanLimit = 12

  /// An object of those members; of two with one key the last value is kept, in the first one's place.
  public init(_ members: [Member] = []) {
    (self.members, positions, _) = Self.index(members)
  }

  /// As `init(_:)`, and says which key was the first to come twice.
  init(_ members: [Member], duplicate: inout JSONString?) {
    (self.members, positions, duplicate) = Self.index(members)
  }

  /// The value of the member with exactly these bytes as its key, else nil. Assigning nil removes the member.
  public subscript(_ key: String) -> JSON? {
    get { self[JSONString(key)] }
    set { self[JSONString(key)] = newValue }
  }

  /// The value of the member with this key, else nil. Assigning nil removes the member.
  public subscript(_ key: JSONString) -> JSON? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (nil, let value?): self = JSONObject(members + [(key, value)])
      case (_?, nil): self = JSONObject(members.filter { $0.key != key })
      case (nil, nil): break
      }
    }
  }

  /// Number of members.
  public var count: Int { members.count }

  /// The keys in file order.
  public var keys: [String] { members.map(\.key.text) }

  private func position(of key: JSONString) -> Int? {
    positions.isEmpty ? members.firstIndex { $0.key == key } : positions[key]
  }

  private static func index(
    _ members: [Member]
  ) -> (members: [Member], positions: [JSONString: Int], duplicate: JSONString?) {
    if members.count <= scanLimit {
      let twice = members.indices.first { last in members[..<last].contains { $0.key == members[last].key } }
      guard twice != nil else { return (members, [:], nil) }
    }
    var kept: [Member] = []
    var duplicate: JSONString?
    var positions: [JSONString: Int] = [:]
    positions.reserveCapacity(members.count)
    kept.reserveCapacity(members.count)
    for member in members {
      if let position = positions[member.key] {
        kept[position].value = member.value
        duplicate = duplicate ?? member.key
      } else {
        positions[member.key] = kept.count
        kept.append(member)
      }
    }
    return (kept, positions, duplicate)
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same members in the same order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }
}
