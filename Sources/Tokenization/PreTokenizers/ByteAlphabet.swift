/// GPT-2's one printable character for each byte, in which byte-level vocabularies are written.
enum ByteAlphabet {
  /// The scalar that stands for each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256 as Range<UInt32>).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
      default:
        next += 1
        return next - 1
      }
    }
  }()

  /// `Ġ`, which stands for a space.
  static let space: UInt32 = 0x120

  private static let bytes: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = UInt8(byte) }
    return table
  }()

  /// The bytes that a token stands for; nil when it has a character outside the alphabet.
  static func decode(_ token: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    var index = 0
    while index < token.count {
      let (value, length) = token.scalar(at: index)
      guard value < bytes.count, let byte = bytes[Int(value)] else { return nil }
      result.append(byte)
      index += length
    }
    return result
  }

  /// The token that stands for one byte.
  static func token(for byte: UInt8) -> [UInt8] {
    var token: [UInt8] = []
    token.append(scalar: scalars[Int(byte)])
    return token
  }
}
