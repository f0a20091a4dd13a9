/// One pass over a document. Open arrays and objects are kept on a stack of its own, so nesting costs no call depth.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let maximumDepth: Int
  private let duplicateKeys: JSON.DuplicateKeys
  let loneSurrogates: JSON.LoneSurrogates
  var position = 0

  private var open: [Container] = []
  /// Values that belong to the open containers, outermost first.
  private var values: [JSON] = []
  /// Keys of the open objects, outermost first.
  private var keys: [JSONString] = []

  private struct Container {
    var isObject: Bool
    var firstValue: Int
    var firstKey: Int
    var offset: Int
  }

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int, duplicateKeys: JSON.DuplicateKeys,
    loneSurrogates: JSON.LoneSurrogates
  ) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.duplicateKeys = duplicateKeys
    self.loneSurrogates = loneSurrogates
  }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while true {
      guard try beginValue() else { continue }
      while !open.isEmpty {
        guard try endsContainer() else { break }
      }
      if open.isEmpty { break }
    }
    skipWhitespace()
    guard position == bytes.count else { throw unexpected("the end of the document") }
    guard let document = values.popLast() else { throw failure("expected a value") }
    return document
  }

  /// Reads a scalar, or an empty container, onto `values` and returns true; or opens a container and returns false.
  private mutating func beginValue() throws(JSONError) -> Bool {
    skipWhitespace()
    switch peek {
    case UInt8(ascii: "\""): values.append(.string(JSONString(unchecked: try string())))
    case UInt8(ascii: "{"), UInt8(ascii: "["): return try openContainer()
    case UInt8(ascii: "t"): values.append(try literal("true", .bool(true)))
    case UInt8(ascii: "f"): values.append(try literal("false", .bool(false)))
    case UInt8(ascii: "n"): values.append(try literal("null", .null))
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): values.append(.number(try number()))
    default: throw unexpected("a value")
    }
    return true
  }

  private mutating func openContainer() throws(JSONError) -> Bool {
    guard open.count < maximumDepth else { throw failure("nested deeper than \(maximumDepth) levels") }
    let isObject = peek == UInt8(ascii: "{")
    open.append(
      Container(isObject: isObject, firstValue: values.count, firstKey: keys.count, offset: position))
    position += 1
    skipWhitespace()
    if peek == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      position += 1
      try closeContainer()
      return true
    }
    if isObject { try key() }
    return false
  }

  /// After a value: reads a comma (and the next key) and returns false, or closes the container and returns true.
  private mutating func endsContainer() throws(JSONError) -> Bool {
    guard let container = open.last else { return false }
    skipWhitespace()
    switch peek {
    case UInt8(ascii: ","):
      position += 1
      if container.isObject { try key() }
      return false
    case UInt8(ascii: "}") where container.isObject, UInt8(ascii: "]") where !container.isObject:
      position += 1
      try closeContainer()
      return true
    default: throw unexpected(container.isObject ? "',' or '}'" : "',' or ']'")
    }
  }

  private mutating func closeContainer() throws(JSONError) {
    guard let container = open.popLast() else { return }
    // No slice of a stack may outlive its statement: shrinking a stack that is shared copies all of it.
    let elements = Array(values[container.firstValue...])
    values.removeSubrange(container.firstValue...)
    let value: JSON
    if container.isObject {
      var duplicate: JSONString?
      let members = zip(Array(keys[container.firstKey...]), elements).map { (key: $0, value: $1) }
      keys.removeSubrange(container.firstKey...)
      let object = JSONObject(members, duplicate: &duplicate)
      if let duplicate, duplicateKeys == .reject {
        throw failure("the object that starts here has the key \"\(duplicate)\" twice", at: container.offset)
      }
      value = .object(object)
    } else {
      value = .array(elements)
    }
    values.append(value)
  }

  private mutating func key() throws(JSONError) {
    skipWhitespace()
    guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
    keys.append(JSONString(unchecked: try string()))
    skipWhitespace()
    guard peek == UInt8(ascii: ":") else { throw unexpected("':' after the key") }
    position += 1
  }

  private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let length = text.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: length)
    guard bytes[position...].prefix(length).elementsEqual(expected) else { throw unexpected("a value") }
    position += length
    return value
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    if peek == UInt8(ascii: "0") {
      position += 1
      guard !isDigit(peek) else { throw failure("a number may not start with 0", at: start) }
    } else {
      try digits()
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if let exponent = peek, exponent | 0x20 == UInt8(ascii: "e") {
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return JSONNumber(unchecked: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(JSONError) {
    guard isDigit(peek) else { throw unexpected("a digit") }
    while isDigit(peek) { position += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func skipWhitespace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }
}

extension JSONParser {
  /// The byte at `position`, nil at the end.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The bytes from `start` up to `position`.
  func bytes(from start: Int) -> UnsafeBufferPointer<UInt8>.SubSequence { bytes[start..<position] }

  func failure(_ reason: String, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? position
    let line = bytes[..<min(offset, bytes.count)].count { $0 == 0x0A } + 1
    return JSONError(offset: offset, line: line, reason: reason)
  }

  func unexpected(_ expectation: String) -> JSONError {
    guard let byte = peek else { return failure("the document ends where \(expectation) should be") }
    let found =
      byte > 0x20 && byte < 0x7F
      ? "'\(Unicode.Scalar(byte))'"
      : "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
    return failure("expected \(expectation), found \(found)")
  }
}
