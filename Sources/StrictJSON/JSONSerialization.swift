extension JSON {
  /// The document as UTF-8.
  ///
  /// - Parameters:
  ///   - pretty: one member or element a line, indented by two spaces, and a final line feed; else no white space.
  ///   - sortedKeys: members in the order of their keys' bytes; else in their own order.
  public func serialized(pretty: Bool = false, sortedKeys: Bool = false) -> [UInt8] {
    var writer = JSONWriter(pretty: pretty, sortedKeys: sortedKeys)
    writer.write(self, indentation: 0)
    if pretty { writer.output.append(0x0A) }
    return writer.output
  }

  /// The document as text; see `serialized(pretty:sortedKeys:)`.
  public func text(pretty: Bool = false, sortedKeys: Bool = false) -> String {
    String(decoding: serialized(pretty: pretty, sortedKeys: sortedKeys), as: UTF8.self)
  }
}

private struct JSONWriter {
  let pretty: Bool
  let sortedKeys: Bool
  var output: [UInt8] = []

  mutating func write(_ value: JSON, indentation: Int) {
    switch value {
    case .null: append("null")
    case .bool(let bool): append(bool ? "true" : "false")
    case .number(let number): append(number.text)
    case .string(let string): write(string)
    case .array(let elements):
      writeList(elements, "[", "]", indentation) { writer, element in
        writer.write(element, indentation: indentation + 1)
      }
    case .object(let object):
      let members =
        sortedKeys
        ? object.members.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) } : object.members
      writeList(members, "{", "}", indentation) { writer, member in
        writer.write(member.key)
        writer.append(writer.pretty ? ": " : ":")
        writer.write(member.value, indentation: indentation + 1)
      }
    }
  }

  private mutating func writeList<Element>(
    _ list: [Element], _ opening: String, _ closing: String, _ indentation: Int,
    _ writeElement: (inout JSONWriter, Element) -> Void
  ) {
    append(opening)
    for (index, element) in list.enumerated() {
      if index > 0 { append(",") }
      breakLine(indentation + 1)
      writeElement(&self, element)
    }
    if !list.isEmpty { breakLine(indentation) }
    append(closing)
  }

  private mutating func write(_ string: JSONString) {
    append("\"")
    for byte in string.bytes {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case ..<0x20: append("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))")
      default: output.append(byte)
      }
    }
    append("\"")
  }

  private mutating func breakLine(_ indentation: Int) {
    guard pretty else { return }
    output.append(0x0A)
    output.append(contentsOf: repeatElement(0x20, count: 2 * indentation))
  }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}
