import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The right to write to one destination, held by one process at a time.
///
/// It is a file beside the destination (`.NAME.alphaedit.lock`) that its holder keeps locked; the lock goes with the
/// holder, however that ends.
public final class DestinationLock {
  private let path: String
  private let descriptor: FileDescriptor

  /// Takes the right to write to `destination`, and keeps it for as long as this object lives.
  ///
  /// - Throws: ``CheckpointError`` of the kind ``CheckpointError/Kind/locked`` while another process has it.
  public init(for destination: URL) throws(CheckpointError) {
    path =
      destination.deletingLastPathComponent()
      .appendingPathComponent(".\(destination.lastPathComponent).alphaedit.lock").path
    while true {
      let descriptor = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT, action: "create it")
      guard flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 else {
        if errno == EINTR { continue }
        guard errno == EWOULDBLOCK else { throw .system("lock it", path) }
        throw CheckpointError(
          .locked, file: destination.path,
          "\(Self.holder(of: path)) is writing to it. Wait until that is done, or stop it.")
      }
      // Its previous holder may have removed the file between the two calls; a lock on that protects nothing.
      var current = stat()
      let opened = try descriptor.status()
      if lstat(path, &current) == 0, current.st_ino == opened.st_ino, current.st_dev == opened.st_dev {
        self.descriptor = descriptor
        break
      }
    }
    let holder = "process \(getpid()) on \(ProcessInfo.processInfo.hostName)"
    ftruncate(descriptor.raw, 0)
    _ = holder.withCString { pwrite(descriptor.raw, $0, strlen($0), 0) }
  }

  deinit { unlink(path) }

  private static func holder(of path: String) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasPrefix("process ") else {
      return "another process"
    }
    return String(text.prefix(200))
  }
}
