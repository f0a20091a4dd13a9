import CZlib
import Foundation

/// A numpy `.npz` file: named arrays in a ZIP archive.
///
/// Opening reads the archive's directory alone. An array is read when it is asked for: an uncompressed one stays in
/// the mapped file, a compressed one is inflated.
public final class NpzFile: Sendable {
  /// The file.
  public let url: URL
  /// The arrays' names, without `.npy`, in the order of the archive.
  public let names: [String]
  private let file: MappedFile
  private let members: [ZipArchive.Member]

  /// Opens the file at `url`.
  ///
  /// - Throws: ``CheckpointError``.
  public init(contentsOf url: URL) throws(CheckpointError) {
    self.url = url
    file = try MappedFile(contentsOf: url)
    members = try ZipArchive(of: file).members
    names = members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw CheckpointError(.malformed, file: url.path, "it holds two arrays named “\(name)”.")
    }
  }

  /// The array of this name, after its checksum was compared.
  ///
  /// - Throws: ``CheckpointError`` if there is none, or it is damaged, or of a type that is not read.
  public func array(_ name: String) throws(CheckpointError) -> NumpyArray {
    guard let position = names.firstIndex(of: name) else {
      throw CheckpointError(
        .missingTensor(name), file: url.path,
        "it has no array “\(name)”; it has \(names.map { "“\($0)”" }.joined(separator: ", ")).")
    }
    let member = members[position]
    let place = "\(url.path), array “\(name)”"
    let stored = UnsafeRawBufferPointer(rebasing: file.bytes[member.stored])
    let storage: any ByteStorage =
      member.isDeflated ? try InflatedBytes(stored, count: member.count, place: place) : file
    let range = member.isDeflated ? 0..<member.count : member.stored
    let checksum = Self.checksum(UnsafeRawBufferPointer(rebasing: storage.bytes[range]))
    try file.checkUnchanged()
    guard checksum == member.checksum else {
      throw CheckpointError(.malformed, file: place, "its checksum does not agree; the file is damaged.")
    }
    return try NumpyArray(storage, range: range, place: place)
  }

  /// The CRC-32 of `bytes`, continuing from that of those before them.
  static func checksum(_ bytes: UnsafeRawBufferPointer, continuing checksum: UInt32 = 0) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32_z(uLong(checksum), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}

/// The contents of a deflated member.
private final class InflatedBytes: ByteStorage {
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  init(_ deflated: UnsafeRawBufferPointer, count: Int, place: String) throws(CheckpointError) {
    // The pages of this are not taken from the system before something is inflated into them.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 64)
    bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: count)
    guard Self.inflateAll(deflated, into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count])) else {
      throw CheckpointError(.malformed, file: place, "it cannot be inflated; the file is damaged.")
    }
  }

  deinit { bytes.deallocate() }

  func checkUnchanged() {}

  /// Inflates `source`; false unless that fills `target` exactly.
  private static func inflateAll(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var stream = z_stream()
    // Negative bits: deflated data without a header of its own.
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return false
    }
    defer { inflateEnd(&stream) }
    var input = source.bindMemory(to: UInt8.self)[...]
    var output = target.bindMemory(to: UInt8.self)[...]
    // One byte more than expected shows that there is too much.
    var surplus: UInt8 = 0
    while true {
      let inputPiece = UnsafeBufferPointer(rebasing: input.prefix(1 << 30))
      let outputPiece = UnsafeMutableBufferPointer(rebasing: output.prefix(1 << 30))
      stream.next_in = UnsafeMutablePointer(mutating: inputPiece.baseAddress)
      stream.avail_in = UInt32(inputPiece.count)
      let status = withUnsafeMutablePointer(to: &surplus) { surplus in
        stream.next_out = outputPiece.isEmpty ? surplus : outputPiece.baseAddress
        stream.avail_out = UInt32(max(1, outputPiece.count))
        return inflate(&stream, Z_NO_FLUSH)
      }
      input = input.dropFirst(inputPiece.count - Int(stream.avail_in))
      let produced = max(1, outputPiece.count) - Int(stream.avail_out)
      guard produced <= output.count else { return false }
      output = output.dropFirst(produced)
      if status == Z_STREAM_END { return output.isEmpty && input.isEmpty }
      guard status == Z_OK else { return false }
    }
  }
}
