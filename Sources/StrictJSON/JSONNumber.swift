import Foundation

/// A JSON number, kept as it was written.
public struct JSONNumber: Sendable, Equatable {
  /// The number's text, in JSON's grammar.
  public let text: String

  /// A number whose text is known to follow the grammar.
  init(unchecked text: String) { self.text = text }

  /// An integer.
  public init(_ int: Int) { text = String(int) }

  /// The shortest text that reads back as `double`; nil when it is infinite or not a number.
  public init?(_ double: Double) {
    guard double.isFinite else { return nil }
    text = "\(double)"
  }

  /// The value when it is exactly an `Int` (`12`, `1e3` and `2.0` are; `1.5` and `1e40` are not), else nil.
  public var int: Int? {
    if let int = Int(text) { return int }
    // Beyond 2^53 a double no longer tells neighbouring integers apart, so a text such as 9007199254740993.0 is not exact.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
      double.magnitude < 9_007_199_254_740_992
    else { return nil }
    return Int(exactly: double)
  }

  /// The value when it is written as digits and nothing else (`12`, but not `1e3`, `2.0` or `-0`), and is an `Int`; else nil.
  public var naturalNumber: Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  /// The nearest double; infinite when the number is larger than any.
  public var double: Double { Double(text) ?? .nan }
}
