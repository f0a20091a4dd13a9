/// Scalars of valid UTF-8 held as bytes.
extension Array<UInt8> {
  /// The scalar whose first byte is at `index`, and its number of bytes.
  @inline(__always)
  func scalar(at index: Int) -> (value: UInt32, length: Int) {
    let lead = self[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    if lead < 0xE0 { return (UInt32(lead & 0x1F) << 6 | continuation(index + 1), 2) }
    if lead < 0xF0 {
      return (UInt32(lead & 0x0F) << 12 | continuation(index + 1) << 6 | continuation(index + 2), 3)
    }
    let high = UInt32(lead & 0x07) << 18 | continuation(index + 1) << 12
    return (high | continuation(index + 2) << 6 | continuation(index + 3), 4)
  }

  /// The scalar that ends just before `index`, which is after the first.
  func scalar(before index: Int) -> (value: UInt32, length: Int) {
    var start = index - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)
  }

  /// Appends the UTF-8 of a scalar.
  mutating func append(scalar: UInt32) {
    guard let scalar = Unicode.Scalar(scalar) else { return }
    append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  @inline(__always)
  private func continuation(_ index: Int) -> UInt32 {
    index < count ? UInt32(self[index] & 0x3F) : 0
  }
}

/// Turns byte positions of a text into scalar positions, fast when asked in rising order.
struct ScalarCounter {
  private let bytes: [UInt8]
  private var position = 0
  /// Number of scalars that start before `position`.
  private var scalars = 0

  /// A counter over valid UTF-8.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The index of the scalar that holds the byte at `offset`.
  mutating func index(containing offset: Int) -> Int {
    let target = Swift.min(offset, bytes.count - 1) + 1
    while position < target {
      if bytes[position] & 0xC0 != 0x80 { scalars += 1 }
      position += 1
    }
    while position > target {
      position -= 1
      if bytes[position] & 0xC0 != 0x80 { scalars -= 1 }
    }
    return Swift.max(scalars - 1, 0)
  }

  /// The scalars that hold the bytes of `range`; empty for an empty range.
  mutating func scalars(in range: Range<Int>) -> Range<Int> {
    let start = index(containing: range.lowerBound)
    guard !range.isEmpty else { return start..<start }
    return start..<Swift.max(index(containing: range.upperBound - 1) + 1, start)
  }
}
