extension JSON {
  /// What to do with an object that has a key twice.
  public enum DuplicateKeys: Sendable {
    /// Refuse the document.
    case reject
    /// Keep the last value, as most readers do.
    case keepLast
  }

  /// What to do with an escaped half of a surrogate pair (`"\ud800"`), which no UTF-8 can hold.
  public enum LoneSurrogates: Sendable {
    /// Refuse the document.
    case reject
    /// Read it as U+FFFD.
    case replace
  }

  /// The deepest nesting any call accepts, whatever its `maximumDepth`; freeing a value recurses as deep as it nests.
  public static let depthLimit = 1024

  /// Reads one JSON document, strictly by RFC 8259: no NaN, comments, trailing commas, leading zeros, control
  /// characters in strings, invalid UTF-8 or bytes after the document. A UTF-8 byte order mark before it is skipped.
  ///
  /// Time and memory are linear in the number of bytes.
  ///
  /// - Parameters:
  ///   - bytes: the document, UTF-8.
  ///   - maximumDepth: how many arrays and objects may be open at once; at most `depthLimit`.
  ///   - duplicateKeys: what to do with an object that has a key twice.
  ///   - loneSurrogates: what to do with an escaped half of a surrogate pair.
  /// - Throws: `JSONError` with the offset and line of the first byte that is wrong.
  public static func parse(
    _ bytes: some Collection<UInt8>, maximumDepth: Int = 128, duplicateKeys: DuplicateKeys = .reject,
    loneSurrogates: LoneSurrogates = .reject
  ) throws(JSONError) -> JSON {
    func parse(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError> {
      Result { () throws(JSONError) in
        var parser = JSONParser(
          buffer, maximumDepth: min(maximumDepth, depthLimit), duplicateKeys: duplicateKeys,
          loneSurrogates: loneSurrogates)
        return try parser.document()
      }
    }
    let parsed =
      bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
    return try parsed.get()
  }

  /// Reads one JSON document from text; see `parse(_:maximumDepth:duplicateKeys:loneSurrogates:)`.
  public static func parse(
    _ text: String, maximumDepth: Int = 128, duplicateKeys: DuplicateKeys = .reject,
    loneSurrogates: LoneSurrogates = .reject
  ) throws(JSONError) -> JSON {
    try parse(
      Array(text.utf8), maximumDepth: maximumDepth, duplicateKeys: duplicateKeys,
      loneSurrogates: loneSurrogates)
  }
}
