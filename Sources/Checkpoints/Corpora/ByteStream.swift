import CZlib
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file's bytes piece by piece, inflated where the file is compressed by gzip.
///
/// What a file is shows in its first two bytes, not in its name. A compressed file may consist of several members.
final class ByteStream {
  private static let pieceSize = 1 << 18

  private let path: String
  private let descriptor: FileDescriptor
  private var input = [UInt8](repeating: 0, count: pieceSize)
  private var inputRange = 0..<0
  private var inflater: Inflater?
  private var isAtStart = true

  init(contentsOf url: URL) throws(CorpusError) {
    path = url.path
    do throws(CheckpointError) {
      descriptor = try FileDescriptor(opening: path)
      guard try !descriptor.status().isDirectory else {
        throw CheckpointError(.unreadable, file: path, "it is a directory, not a file.")
      }
    } catch {
      throw CorpusError(file: path, error.reason)
    }
  }

  /// Replaces `piece` by the next bytes; by none at the end.
  func read(into piece: inout [UInt8]) throws(CorpusError) {
    piece.removeAll(keepingCapacity: true)
    if isAtStart {
      isAtStart = false
      try fill()
      if input[inputRange].starts(with: [0x1F, 0x8B]) { inflater = Inflater() }
    }
    guard let inflater else {
      if inputRange.isEmpty { try fill() }
      piece += input[inputRange]
      inputRange = inputRange.upperBound..<inputRange.upperBound
      return
    }
    while piece.isEmpty {
      if inputRange.isEmpty { try fill() }
      guard !inputRange.isEmpty else {
        guard inflater.isBetweenMembers else {
          throw CorpusError(
            file: path, "the compressed data ends early; the file was cut short. Get it again.")
        }
        return
      }
      // Archives padded to a block size end in zeros.
      if inflater.isBetweenMembers, input[inputRange].allSatisfy({ $0 == 0 }) {
        inputRange = 0..<0
        continue
      }
      guard let used = inflater.inflate(input[inputRange], into: &piece, limit: Self.pieceSize) else {
        throw CorpusError(file: path, "the compressed data is damaged. Get the file again.")
      }
      inputRange = inputRange.lowerBound + used..<inputRange.upperBound
    }
  }

  private func fill() throws(CorpusError) {
    var count: Int
    repeat {
      count = input.withUnsafeMutableBytes { buffer in
        #if canImport(Darwin)
          Darwin.read(descriptor.raw, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
          Musl.read(descriptor.raw, buffer.baseAddress, buffer.count)
        #else
          Glibc.read(descriptor.raw, buffer.baseAddress, buffer.count)
        #endif
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw CorpusError(file: path, CheckpointError.system("read it", path).reason) }
    inputRange = 0..<count
  }
}

/// The state of inflating a gzip file.
private final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let isUsable: Bool
  /// Whether the last member is complete and no other has begun.
  private(set) var isBetweenMembers = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 more than the window's bits: a gzip header and trailer, checked.
    isUsable =
      inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isUsable { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Inflates from the beginning of `input`, at most `limit` bytes.
  ///
  /// - Returns: how many bytes of the input were used; nil if they are not valid.
  func inflate(_ input: ArraySlice<UInt8>, into output: inout [UInt8], limit: Int) -> Int? {
    guard isUsable else { return nil }
    if isBetweenMembers {
      guard inflateReset(stream) == Z_OK else { return nil }
      isBetweenMembers = false
    }
    let (produced, used) = input.withUnsafeBufferPointer { source -> ([UInt8], Int?) in
      var used: Int?
      let produced = [UInt8](unsafeUninitializedCapacity: limit) { target, count in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(limit)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END else { return }
        isBetweenMembers = status == Z_STREAM_END
        count = limit - Int(stream.pointee.avail_out)
        used = source.count - Int(stream.pointee.avail_in)
      }
      return (produced, used)
    }
    output += produced
    return used
  }
}
