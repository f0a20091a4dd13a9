/// A JSON document (RFC 8259), its strings, numbers and member order kept exactly as written.
///
/// Two values are equal when they were written the same way: numbers compare by their text, strings by their bytes,
/// and objects by their members in order.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(JSONString)
  case array([JSON])
  case object(JSONObject)
}

extension JSON {
  /// The members when this is an object, else nil.
  public var object: JSONObject? {
    guard case .object(let object) = self else { return nil }
    return object
  }

  /// The elements when this is an array, else nil.
  public var array: [JSON]? {
    guard case .array(let array) = self else { return nil }
    return array
  }

  /// The text when this is a string, else nil.
  public var string: String? {
    guard case .string(let string) = self else { return nil }
    return string.text
  }

  /// The value when this is a number that is exactly an `Int`, else nil.
  public var int: Int? {
    guard case .number(let number) = self else { return nil }
    return number.int
  }

  /// The value when this is a number written as digits and nothing else, and an `Int`; else nil.
  public var naturalNumber: Int? {
    guard case .number(let number) = self else { return nil }
    return number.naturalNumber
  }

  /// The nearest double when this is a number, else nil.
  public var double: Double? {
    guard case .number(let number) = self else { return nil }
    return number.double
  }

  /// The value when this is `true` or `false`, else nil.
  public var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The member of that name when this is an object that has it, else nil.
  public subscript(_ key: String) -> JSON? { object?[key] }

  /// The field's word for what this is, for messages: "an object", "a string".
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// An integer.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }

  /// A string.
  public init(stringLiteral value: String) { self = .string(JSONString(value)) }

  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }

  /// An object, its members in the order written; of two with one key the last value is kept.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.map { (JSONString($0), $1) }))
  }

  /// A string.
  public init(_ text: some StringProtocol) { self = .string(JSONString(String(text))) }

  /// An integer.
  public init(_ int: Int) { self = .number(JSONNumber(int)) }

  /// A boolean.
  public init(_ bool: Bool) { self = .bool(bool) }

  /// A number, or `null` when it is infinite or not a number, which JSON cannot say.
  public init(_ double: Double) { self = JSONNumber(double).map(JSON.number) ?? .null }

  /// An array.
  public init(_ elements: [JSON]) { self = .array(elements) }
}
