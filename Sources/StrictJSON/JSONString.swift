/// A JSON string as its unescaped UTF-8 bytes.
///
/// Equality and hashing go by bytes: a precomposed and a decomposed `é` are two strings, as they are in a file,
/// though Swift's `String` holds them equal.
public struct JSONString: Sendable, Hashable {
  /// The unescaped bytes; valid UTF-8.
  public let bytes: [UInt8]

  /// A string whose bytes are known to be UTF-8.
  init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The UTF-8 of `text`.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The string as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONString: ExpressibleByStringLiteral, CustomStringConvertible {
  /// The UTF-8 of the literal.
  public init(stringLiteral value: String) { self.init(value) }

  /// The text itself.
  public var description: String { text }
}
