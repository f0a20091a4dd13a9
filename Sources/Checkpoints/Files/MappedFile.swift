import CFileMap
import Foundation

/// A regular file mapped read-only into memory, as it was when it was opened.
///
/// A file that is cut short while it is mapped reads as zeros from there on instead of ending the process with
/// `SIGBUS`; ``checkUnchanged()`` tells, and everything here that hands out bytes calls it after they were read.
public final class MappedFile: Sendable {
  /// The file.
  public let url: URL
  /// Its length in bytes.
  public let count: Int
  private let descriptor: FileDescriptor
  private let modification: Int64
  nonisolated(unsafe) private let map: OpaquePointer
  /// All bytes. Valid for as long as this object lives.
  nonisolated(unsafe) public let bytes: UnsafeRawBufferPointer

  /// Maps the file at `url`.
  ///
  /// - Throws: ``CheckpointError`` when it is missing, unreadable or not a regular file.
  public init(contentsOf url: URL) throws(CheckpointError) {
    let descriptor = try FileDescriptor(opening: url.path, flags: O_RDONLY | O_NONBLOCK)
    let status = try descriptor.status()
    guard status.isRegularFile else {
      throw CheckpointError(.unreadable, file: url.path, "it is not a regular file.")
    }
    guard let count = Int(exactly: status.st_size), let map = file_map_create(descriptor.raw, count) else {
      throw .system("read it through a memory map", url.path)
    }
    self.url = url
    self.count = count
    self.descriptor = descriptor
    self.modification = status.modification
    self.map = map
    self.bytes = UnsafeRawBufferPointer(start: file_map_bytes(map), count: count)
  }

  deinit { file_map_destroy(map) }

  /// Makes the empty `output` share this file's blocks where the file system can, and tells whether it did.
  func shareBlocks(with output: borrowing OutputFile) -> Bool { output.shareBlocks(of: descriptor) }

  /// Throws if the file was cut short or written to since it was opened, so that bytes read from it until now may
  /// not be the file's.
  public func checkUnchanged() throws(CheckpointError) {
    let status = try descriptor.status()
    if file_map_is_damaged(map) || Int(status.st_size) < count {
      throw CheckpointError(
        .truncated, file: url.path,
        "the file was cut short while it was being read (\(count) bytes at first, \(status.st_size) now).")
    }
    guard Int(status.st_size) == count, status.modification == modification else {
      throw CheckpointError(
        .truncated, file: url.path, "the file was changed by another program while it was being read.")
    }
  }

  /// Runs `body` on the bytes in `range`, and throws afterwards if they were not the file's.
  ///
  /// - Parameter range: offsets from the beginning of the file; those beyond its end are left out.
  public func withBytes<Result>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let result = try body(UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]))
    try checkUnchanged()
    return result
  }
}
