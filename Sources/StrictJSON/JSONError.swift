/// Why bytes are not the JSON that was asked for, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Byte offset of the first offending byte, from the start of the input.
  public var offset: Int

  /// Line of that byte, counted from 1.
  public var line: Int

  /// What is wrong there.
  public var reason: String

  /// An error at that place.
  public init(offset: Int, line: Int, reason: String) {
    self.offset = offset
    self.line = line
    self.reason = reason
  }

  /// "line 3, byte 41: reason".
  public var description: String { "line \(line), byte \(offset): \(reason)" }
}
