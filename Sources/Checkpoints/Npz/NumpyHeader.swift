/// The header of a `.npy` file: magic, version, length, and a Python dictionary that describes the array.
struct NumpyHeader: Equatable {
  var type: NumpyType
  var isFortranOrder: Bool
  var shape: [Int]
  /// The length of the header in bytes; the elements follow it.
  private(set) var byteCount = 0

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// numpy itself reads no longer ones by default.
  private static let textLimit = 1 << 16

  init(type: NumpyType, isFortranOrder: Bool = false, shape: [Int]) {
    self.type = type
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }

  /// Reads the header at the beginning of `bytes`.
  ///
  /// - Throws: an error about `place`, the file or the member of one that the bytes are from.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws(CheckpointError) {
    func malformed(_ reason: String) -> CheckpointError { CheckpointError(.malformed, file: place, reason) }
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
      throw malformed("it does not begin as a .npy array does.")
    }
    let version = bytes[6]
    guard 1...3 ~= version else { throw malformed("version \(version) of the .npy format is not known.") }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else { throw malformed("the header ends early.") }
    let length =
      version == 1
      ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
      : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard length <= Self.textLimit, length <= bytes.count - start else {
      throw malformed("the header's length, \(length), is more than is there, or than \(Self.textLimit).")
    }
    var parser = PythonLiteralParser(bytes[start..<start + length])
    guard let fields = parser.dictionary(), Set(fields.keys) == ["descr", "fortran_order", "shape"],
      case .bool(let isFortranOrder)? = fields["fortran_order"], case .tuple(let shape)? = fields["shape"]
    else { throw malformed("the header is not a dictionary of “descr”, “fortran_order” and “shape”.") }
    guard case .text(let notation)? = fields["descr"] else {
      throw malformed("arrays of records are not read.")
    }
    guard let type = NumpyType(notation: notation) else {
      throw malformed(
        notation.hasPrefix(">")
          ? "its elements, “\(notation)”, are big-endian. Save it with “<\(notation.dropFirst())” instead."
          : "elements of type “\(notation)” are not read; those that are: <f2, <f4, <f8, <i4, <i8, |b1, <U.")
    }
    self.init(type: type, isFortranOrder: isFortranOrder, shape: shape)
    byteCount = start + length
  }

  /// The number of bytes that the elements take, or nil if that overflows.
  var dataByteCount: Int? {
    var count = type.size
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, dimension >= 0 else { return nil }
      count = product
    }
    return count
  }

  /// The header as numpy writes it: padded with room for the first dimension to grow, to a multiple of 64 bytes.
  var bytes: [UInt8] {
    let dimensions = shape.map(String.init)
    let tuple = shape.count == 1 ? "(\(dimensions[0]),)" : "(\(dimensions.joined(separator: ", ")))"
    var text =
      "{'descr': '\(type)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(tuple), }"
    if let growing = isFortranOrder ? dimensions.last : dimensions.first {
      text += String(repeating: " ", count: max(0, 21 - growing.utf8.count))
    }
    text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
    let length = UInt16(clamping: text.utf8.count)
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Reads the few Python literals that `.npy` headers consist of.
private struct PythonLiteralParser {
  enum Value {
    case text(String)
    case bool(Bool)
    case tuple([Int])
    /// Something well-formed that no array read here has.
    case other
  }

  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ text: Slice<UnsafeRawBufferPointer>) { rest = text }

  /// The dictionary that the text consists of, or nil if it is something else.
  mutating func dictionary() -> [String: Value]? {
    var fields: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), fields.updateValue(value, forKey: key) == nil
      else { return nil }
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    skipSpace()
    return rest.isEmpty ? fields : nil
  }

  private mutating func value() -> Value? {
    switch peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(Value.text)
    case UInt8(ascii: "("): return tuple().map(Value.tuple)
    case UInt8(ascii: "["):
      // A list of fields; where it ends does not matter, as it is refused.
      while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {}
      return .other
    default:
      if take("True") { return .bool(true) }
      return take("False") ? .bool(false) : nil
    }
  }

  private mutating func text() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { return nil }
    let text = String(validating: rest[rest.startIndex..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text
  }

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = rest.prefix { 0x30...0x39 ~= $0 }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      rest = rest[digits.endIndex...]
      numbers.append(number)
      // Python 2 marked long numbers so.
      _ = take("L")
      guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpace()
    guard rest.starts(with: token.utf8) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  private mutating func peek() -> UInt8? {
    skipSpace()
    return rest.first
  }

  private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0A } }
}
