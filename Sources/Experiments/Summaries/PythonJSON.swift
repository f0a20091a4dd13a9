import StrictJSON

/// JSON as Python's `json` module writes it: where a number is none, it says `NaN`, `Infinity` or `-Infinity`, which JSON
/// does not know.
enum PythonJSON {
  private static let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }

  /// Reads a document; the three words become `null`.
  static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    do { return try JSON.parse(bytes) } catch {
      let cleaned = withoutWords(bytes)
      if cleaned.count == bytes.count { throw error }
      return try JSON.parse(cleaned)
    }
  }

  /// The document with `null` for each of the words outside of strings; none of them is as long.
  private static func withoutWords(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var isInString = false
    var rest = bytes[...]
    while let byte = rest.first {
      if !isInString, let word = words.first(where: { rest.starts(with: $0) }) {
        output += Array("null".utf8)
        rest = rest.dropFirst(word.count)
        continue
      }
      if isInString, byte == UInt8(ascii: "\\") {
        output += rest.prefix(2)
        rest = rest.dropFirst(2)
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      output.append(byte)
      rest = rest.dropFirst()
    }
    return output
  }
}
