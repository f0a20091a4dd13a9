import CFileMap
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A new file being written from its beginning to its end, hashed on the way.
struct OutputFile: ~Copyable {
  let path: String
  /// The number of bytes written.
  private(set) var count = 0
  private let descriptor: FileDescriptor
  private var hasher = ContentHasher()

  /// Creates the file, which must not exist.
  init(creating path: String) throws(CheckpointError) {
    self.path = path
    descriptor = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, action: "create it")
  }

  /// Whether the file could be made a copy of `source` that shares its blocks. Then ``skip(_:)`` leaves bytes as they
  /// are in `source`.
  func shareBlocks(of source: FileDescriptor) -> Bool { file_share_blocks(source.raw, descriptor.raw) == 0 }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    hasher.update(buffer: bytes)
    var rest = bytes
    while let start = rest.baseAddress, rest.count > 0 {
      // One call writes at most 2 GiB, on some systems none of more.
      let written = pwrite(descriptor.raw, start, min(rest.count, 1 << 30), off_t(count))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .system("write to it", path) }
      count += written
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
    let result = bytes.withUnsafeBytes { buffer in Result { () throws(CheckpointError) in try write(buffer) }
    }
    try result.get()
  }

  /// Passes over bytes that the file holds already.
  mutating func skip(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(buffer: bytes)
    count += bytes.count
  }

  /// Flushes the file to its medium, closes it and returns the hash of its bytes.
  ///
  /// - Parameter name: gives the flushed file its final name, while ``lock()`` still holds.
  consuming func finish(
    naming name: () throws(CheckpointError) -> Void = { () throws(CheckpointError) in }
  ) throws(CheckpointError) -> ContentHash {
    guard file_flush(descriptor.raw) == 0 else { throw .system("flush it to the medium", path) }
    // The lock goes with the descriptor.
    try withExtendedLifetime(descriptor) { () throws(CheckpointError) in try name() }
    return hasher.finish()
  }

  /// Removes the file at `path` unless a writer holds the lock that ``lock()`` takes.
  static func removeIfAbandoned(_ path: String) {
    guard let descriptor = try? FileDescriptor(opening: path) else { return }
    if flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
  }

  /// Marks the file as being written, for ``removeIfAbandoned(_:)``, until it is closed.
  ///
  /// - Returns: false where another writer has removed it already, between its creation and this lock.
  func lock() -> Bool {
    var information = stat()
    return flock(descriptor.raw, LOCK_EX) == 0 && fstat(descriptor.raw, &information) == 0
      && information.st_nlink > 0
  }
}

/// Flushes a directory's entries to the medium.
func flushDirectory(_ url: URL) throws(CheckpointError) {
  let descriptor = try FileDescriptor(opening: url.path)
  guard file_flush(descriptor.raw) == 0 else { throw .system("flush the directory to the medium", url.path) }
}
