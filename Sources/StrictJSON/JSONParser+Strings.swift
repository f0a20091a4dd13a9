extension JSONParser {
  /// Reads the string whose opening quote is at `position`.
  mutating func string() throws(JSONError) -> [UInt8] {
    position += 1
    var result: [UInt8] = []
    var runStart = position
    while true {
      guard let byte = peek else { throw unexpected("the string's closing quote") }
      switch byte {
      case UInt8(ascii: "\""):
        let run = bytes(from: runStart)
        position += 1
        if result.isEmpty { return Array(run) }
        result.append(contentsOf: run)
        return result
      case UInt8(ascii: "\\"):
        result.append(contentsOf: bytes(from: runStart))
        result.append(contentsOf: try escape().utf8)
        runStart = position
      case ..<0x20: throw failure("a control character in a string must be escaped")
      case ..<0x80: position += 1
      default: try multibyteScalar()
      }
    }
  }

  private mutating func escape() throws(JSONError) -> String {
    let start = position
    position += 1
    guard let byte = peek else { throw unexpected("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(Unicode.Scalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(start)
    default: throw failure("unknown escape in a string", at: start)
    }
  }

  /// Reads the digits of a `\u` escape that started at `start`, and its other half when it is half a surrogate pair.
  private mutating func unicodeEscape(_ start: Int) throws(JSONError) -> String {
    let unit = try hexadecimalUnit()
    if let scalar = Unicode.Scalar(unit) { return String(scalar) }
    let afterFirst = position
    if UTF16.isLeadSurrogate(unit), peek == UInt8(ascii: "\\") {
      position += 1
      if peek == UInt8(ascii: "u") {
        position += 1
        let trail = try hexadecimalUnit()
        if UTF16.isTrailSurrogate(trail) { return String(decoding: [unit, trail], as: UTF16.self) }
      }
    }
    guard loneSurrogates == .replace else { throw failure("half a surrogate pair in a string", at: start) }
    position = afterFirst
    return "\u{FFFD}"
  }

  private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits after \\u")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// Steps over one scalar of two to four bytes; refuses overlong forms, surrogates and what lies beyond U+10FFFF.
  private mutating func multibyteScalar() throws(JSONError) {
    let start = position
    guard let lead = peek else { return }
    let second: ClosedRange<UInt8>
    let length: Int
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw failure("invalid UTF-8 in a string")
    }
    for index in 1..<length {
      position += 1
      guard let byte = peek, (index == 1 ? second : 0x80...0xBF).contains(byte) else {
        throw failure("invalid UTF-8 in a string", at: start)
      }
    }
    position += 1
  }
}
