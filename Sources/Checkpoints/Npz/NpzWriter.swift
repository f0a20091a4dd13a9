import Foundation

/// An array to be written.
public struct NewNumpyArray {
  /// Its name in a `.npz` file.
  public var name: String
  /// The type of its elements.
  public var type: NumpyType
  /// Its dimensions; none for a single value.
  public var shape: [Int]
  /// Its bytes in row-major order, little-endian. Asked for twice: once for their checksum, once to be written.
  public var contents: TensorContents

  /// An array whose bytes are produced when they are needed.
  public init(name: String, type: NumpyType, shape: [Int], contents: @escaping TensorContents) {
    self.name = name
    self.type = type
    self.shape = shape
    self.contents = contents
  }

  /// An array whose bytes are at hand.
  public init(name: String, type: NumpyType, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, type: type, shape: shape) { emit in try bytes.withUnsafeBytes(emit) }
  }

  /// A float32 array in row-major order.
  public init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, type: .float32, shape: shape) { emit in try floats.withUnsafeBytes(emit) }
  }

  /// A whole number, as numpy stores a Python `int`.
  public init(name: String, _ value: Int) {
    self.init(
      name: name, type: .int64, shape: [], bytes: withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) }
    )
  }

  /// A float64 number, as numpy stores a Python `float`.
  public init(name: String, _ value: Double) {
    self.init(
      name: name, type: .float64, shape: [],
      bytes: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
  }

  /// A text, as numpy stores a Python `str`.
  public init(name: String, _ text: String) {
    var scalars = text.unicodeScalars.map(\.value)
    // numpy has no texts of no length.
    if scalars.isEmpty { scalars = [0] }
    self.init(
      name: name, type: .text(scalars: scalars.count), shape: [],
      bytes: scalars.flatMap { scalar in withUnsafeBytes(of: scalar.littleEndian) { Array($0) } })
  }
}

/// Writes `.npz` files, the same bytes as numpy's `savez` for the same arrays.
public enum NpzWriter {
  /// Writes a file with these arrays in this order, uncompressed, whole or not at all (see ``AtomicFile``).
  ///
  /// - Returns: the hash of the file.
  /// - Throws: ``CheckpointError``, and whatever `contents` throw.
  @discardableResult
  public static func write(
    _ arrays: [NewNumpyArray], to url: URL, overwrite: Bool = false
  ) throws -> ContentHash {
    var names: Set<String> = []
    let members = try arrays.map { array in
      guard names.insert(array.name).inserted, array.name.utf8.count < 0xFFF0, arrays.count < 0xFFFF else {
        throw CheckpointError(
          .malformed, file: url.path, "the array name “\(array.name)” is taken or too long.")
      }
      return try MemberToWrite(array, path: url.path)
    }
    return try AtomicFile.write(to: url, overwrite: overwrite) { file in
      var directory: [UInt8] = []
      for member in members {
        directory += member.directoryEntry(offset: file.count)
        try file.write(member.localHeader)
        try file.write(member.header)
        var checksum = member.headerChecksum
        let checked: TensorContents = { emit in
          try member.array.contents { piece in
            checksum = NpzFile.checksum(piece, continuing: checksum)
            try emit(piece)
          }
        }
        try file.write(checked, expecting: member.dataCount, of: member.array.name, for: url.path)
        guard checksum == member.checksum else {
          throw CheckpointError(
            .unwritable, file: url.path, "array “\(member.array.name)” changed while it was being written.")
        }
      }
      let end = ZipDirectoryEnd(memberCount: members.count, offset: file.count, size: directory.count)
      try file.write(directory + end.bytes)
    }
  }

  /// Writes a `.npy` file.
  @discardableResult
  public static func write(
    _ array: NewNumpyArray, toNpy url: URL, overwrite: Bool = false
  ) throws -> ContentHash {
    let header = NumpyHeader(type: array.type, shape: array.shape)
    let count = try header.writtenByteCount(of: array.name, path: url.path)
    return try AtomicFile.write(to: url, overwrite: overwrite) { file in
      try file.write(header.bytes)
      try file.write(array.contents, expecting: count, of: array.name, for: url.path)
    }
  }
}

extension NumpyHeader {
  fileprivate func writtenByteCount(of name: String, path: String) throws(CheckpointError) -> Int {
    guard let count = dataByteCount, shape.count <= 64 else {
      throw CheckpointError(
        .malformedTensor(name), file: path,
        "array “\(name)” of shape \(shape) takes too many bytes or dimensions.")
    }
    return count
  }
}

/// An array as a member of an archive.
private struct MemberToWrite {
  let array: NewNumpyArray
  /// The `.npy` header.
  let header: [UInt8]
  let dataCount: Int
  let headerChecksum: UInt32
  let checksum: UInt32
  private let name: [UInt8]
  private var count: UInt64 { UInt64(header.count + dataCount) }

  init(_ array: NewNumpyArray, path: String) throws {
    self.array = array
    let description = NumpyHeader(type: array.type, shape: array.shape)
    header = description.bytes
    dataCount = try description.writtenByteCount(of: array.name, path: path)
    name = Array("\(array.name).npy".utf8)
    headerChecksum = header.withUnsafeBytes { NpzFile.checksum($0) }
    var checksum = headerChecksum
    try array.contents { checksum = NpzFile.checksum($0, continuing: checksum) }
    self.checksum = checksum
  }

  /// Flags (names other than ASCII are UTF-8), method 0, 1 January 1980, checksum.
  private var common: [UInt8] {
    little(UInt16(name.allSatisfy { $0 < 0x80 } ? 0 : 0x800)) + little(UInt16(0)) + little(UInt16(0))
      + little(UInt16(0x21)) + little(checksum)
  }

  var localHeader: [UInt8] {
    little(UInt32(0x0403_4B50)) + little(UInt16(45)) + common
      + little(UInt32.max) + little(UInt32.max) + little(UInt16(name.count)) + little(UInt16(20)) + name
      + little(UInt16(1)) + little(UInt16(16)) + little(count) + little(count)
  }

  func directoryEntry(offset: Int) -> [UInt8] {
    var large: [UInt8] = []
    let isLarge = count > ZipDirectoryEnd.smallLimit
    if isLarge { large += little(count) + little(count) }
    let isFar = UInt64(offset) > ZipDirectoryEnd.smallLimit
    if isFar { large += little(UInt64(offset)) }
    let extra = large.isEmpty ? [] : little(UInt16(1)) + little(UInt16(large.count)) + large
    let size = isLarge ? UInt32.max : UInt32(count)
    let version: [UInt8] = [45, 3, 45, 0]
    // No comment, first disk, binary contents, and a file that its owner may read and write.
    let attributes = little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0o600) << 16)
    return little(UInt32(0x0201_4B50)) + version + common + little(size) + little(size)
      + little(UInt16(name.count)) + little(UInt16(extra.count)) + attributes
      + little(isFar ? UInt32.max : UInt32(offset)) + name + extra
  }
}

/// What follows the directory of an archive.
private struct ZipDirectoryEnd {
  /// Sizes above this go where there is room for 64 bits.
  static let smallLimit: UInt64 = 0x7FFF_FFFF

  let memberCount: Int
  let offset: Int
  let size: Int

  var bytes: [UInt8] {
    let isLarge = UInt64(offset) > Self.smallLimit || UInt64(size) > Self.smallLimit
    let entries = little(UInt16(memberCount)) + little(UInt16(memberCount))
    let end =
      little(UInt32(0x0605_4B50)) + little(UInt32(0)) + entries
      + little(isLarge ? UInt32.max : UInt32(size)) + little(isLarge ? UInt32.max : UInt32(offset))
      + little(UInt16(0))
    guard isLarge else { return end }
    let record =
      little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
      + little(UInt64(0)) + little(UInt64(memberCount)) + little(UInt64(memberCount)) + little(UInt64(size))
      + little(UInt64(offset))
    let locator =
      little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(offset + size)) + little(UInt32(1))
    return record + locator + end
  }
}

private func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
