/// Tokens `<0x00>` to `<0xFF>`, which stand for single bytes of scalars that the vocabulary lacks.
enum ByteFallback {
  /// The token for one byte.
  static func token(for byte: UInt8) -> [UInt8] {
    let digits = String(byte, radix: 16, uppercase: true)
    return Array("<0x\(digits.utf8.count < 2 ? "0" : "")\(digits)>".utf8)
  }

  /// The byte that a token stands for, nil for a token of another kind.
  static func byte(of token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: [0x3C, 0x30, 0x78]), token[5] == 0x3E else { return nil }
    let digits = token[3...4].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return digits.count == 2 ? UInt8(digits[0] << 4 | digits[1]) : nil
  }

  /// Runs of byte tokens as one text each; each byte of a run that is not UTF-8 becomes U+FFFD.
  static func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    func endRun() {
      if String(validating: run, as: UTF8.self) != nil {
        if !run.isEmpty { result.append(run) }
      } else {
        result.append(contentsOf: repeatElement(Array("\u{FFFD}".utf8), count: run.count))
      }
      run = []
    }
    for token in tokens {
      if let byte = byte(of: token) {
        run.append(byte)
      } else {
        endRun()
        result.append(token)
      }
    }
    endRun()
    return result
  }
}
