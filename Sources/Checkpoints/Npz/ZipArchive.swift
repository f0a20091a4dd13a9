/// The directory of a ZIP archive, with the extensions for large files.
struct ZipArchive {
  /// One file of an archive.
  struct Member: Sendable {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// The length of the contents, inflated.
    let count: Int
    /// Where the contents are in the archive, as they are stored.
    let stored: Range<Int>
  }

  private(set) var members: [Member] = []
  private let bytes: UnsafeRawBufferPointer
  private let path: String

  init(of file: MappedFile) throws(CheckpointError) {
    bytes = file.bytes
    path = file.url.path
    let (count, directory) = try directory()
    var offset = directory.lowerBound
    for _ in 0..<count {
      guard offset <= directory.upperBound - 46, read(UInt32.self, at: offset) == 0x0201_4B50 else {
        throw malformed("the archive's directory ends early or is damaged", at: offset)
      }
      let nameLength = Int(read(UInt16.self, at: offset + 28))
      let extraLength = Int(read(UInt16.self, at: offset + 30))
      let end = offset + 46 + nameLength + extraLength + Int(read(UInt16.self, at: offset + 32))
      guard end <= directory.upperBound else { throw malformed("a directory entry is cut off", at: offset) }
      members.append(
        try member(at: offset, nameLength: nameLength, extraLength: extraLength, before: directory))
      offset = end
    }
    try file.checkUnchanged()
  }

  /// The number of entries, and the range of the directory.
  private func directory() throws(CheckpointError) -> (count: Int, range: Range<Int>) {
    let latest = bytes.count - 22
    guard latest >= 0 else { throw malformed("it is too short for a ZIP archive", at: 0) }
    guard
      let end = stride(from: latest, through: max(0, latest - 0xFFFF), by: -1).first(where: {
        read(UInt32.self, at: $0) == 0x0605_4B50
          && $0 + 22 + Int(read(UInt16.self, at: $0 + 20)) == bytes.count
      })
    else {
      throw malformed(
        "the end of a ZIP archive's directory is missing; the file may be cut short", at: latest)
    }
    var count = UInt64(read(UInt16.self, at: end + 10))
    var size = UInt64(read(UInt32.self, at: end + 12))
    var start = UInt64(read(UInt32.self, at: end + 16))
    if end >= 20, read(UInt32.self, at: end - 20) == 0x0706_4B50 {
      let record = read(UInt64.self, at: end - 12)
      guard end >= 76, record <= UInt64(end - 76), read(UInt32.self, at: Int(record)) == 0x0606_4B50 else {
        throw malformed("the large-file directory end is damaged", at: end - 20)
      }
      count = read(UInt64.self, at: Int(record) + 32)
      size = read(UInt64.self, at: Int(record) + 40)
      start = read(UInt64.self, at: Int(record) + 48)
    }
    guard start <= UInt64(end), size <= UInt64(end) - start, count <= size / 46 else {
      throw malformed("the directory does not lie in the file", at: end)
    }
    return (Int(count), Int(start)..<Int(start + size))
  }

  private func member(
    at offset: Int, nameLength: Int, extraLength: Int, before directory: Range<Int>
  ) throws(CheckpointError) -> Member {
    let nameRange = offset + 46..<offset + 46 + nameLength
    guard let name = String(validating: bytes[nameRange], as: UTF8.self) else {
      throw malformed("a member's name is not UTF-8", at: offset)
    }
    let flags = read(UInt16.self, at: offset + 8)
    guard flags & 1 == 0 else { throw malformed("“\(name)” is encrypted", at: offset) }
    let method = read(UInt16.self, at: offset + 10)
    guard method == 0 || method == 8 else {
      throw malformed(
        "“\(name)” is compressed by method \(method); stored and deflated ones are read", at: offset)
    }
    var sizes = LargeSizes(
      count: UInt64(read(UInt32.self, at: offset + 24)),
      storedCount: UInt64(read(UInt32.self, at: offset + 20)),
      header: UInt64(read(UInt32.self, at: offset + 42)))
    guard sizes.update(from: bytes[nameRange.upperBound..<nameRange.upperBound + extraLength]) else {
      throw malformed("the large-file sizes of “\(name)” are missing", at: offset)
    }
    let limit = UInt64(directory.lowerBound)
    guard limit >= 30, sizes.header <= limit - 30, read(UInt32.self, at: Int(sizes.header)) == 0x0403_4B50
    else {
      throw malformed("“\(name)” has no header at offset \(sizes.header)", at: offset)
    }
    let header = Int(sizes.header)
    let start = UInt64(
      header + 30 + Int(read(UInt16.self, at: header + 26)) + Int(read(UInt16.self, at: header + 28)))
    guard start <= limit, sizes.storedCount <= limit - start else {
      throw malformed("“\(name)” does not lie in the file", at: offset)
    }
    // Deflation makes nothing smaller than by this.
    let largest = method == 0 ? sizes.storedCount : sizes.storedCount * 1032 + 1032
    guard sizes.count <= largest, method == 8 || sizes.count == sizes.storedCount else {
      throw malformed("“\(name)” cannot have \(sizes.count) bytes in \(sizes.storedCount)", at: offset)
    }
    return Member(
      name: name, isDeflated: method == 8, checksum: read(UInt32.self, at: offset + 16),
      count: Int(sizes.count),
      stored: Int(start)..<Int(start + sizes.storedCount))
  }

  /// The little-endian number at `offset`, where the caller has seen that it lies in the file.
  private func read<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  private func malformed(_ reason: String, at offset: Int) -> CheckpointError {
    CheckpointError(.malformed, file: path, "\(reason) (offset \(offset)).")
  }
}

/// The sizes of a member, of which those that take more than 32 bits are in an extra field.
private struct LargeSizes {
  var count: UInt64
  var storedCount: UInt64
  var header: UInt64

  /// Reads what is marked as large from the extra fields; false if it is not there.
  mutating func update(from extra: Slice<UnsafeRawBufferPointer>) -> Bool {
    let marker = UInt64(UInt32.max)
    guard count == marker || storedCount == marker || header == marker else { return true }
    var rest = UnsafeRawBufferPointer(rebasing: extra)
    while rest.count >= 4 {
      let length = Int(UInt16(littleEndian: rest.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
      guard length <= rest.count - 4 else { return false }
      let isLargeSizes = UInt16(littleEndian: rest.loadUnaligned(as: UInt16.self)) == 1
      var values = UnsafeRawBufferPointer(rebasing: rest[4..<4 + length])
      rest = UnsafeRawBufferPointer(rebasing: rest[(4 + length)...])
      guard isLargeSizes else { continue }
      for field in [\LargeSizes.count, \.storedCount, \.header] where self[keyPath: field] == marker {
        guard values.count >= 8 else { return false }
        self[keyPath: field] = UInt64(littleEndian: values.loadUnaligned(as: UInt64.self))
        values = UnsafeRawBufferPointer(rebasing: values[8...])
      }
      return true
    }
    return false
  }
}
