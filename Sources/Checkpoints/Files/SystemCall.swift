import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension CheckpointError {
  /// The error for a system call that has just failed on `file`, told by `errno`.
  static func system(_ action: String, _ file: String, code: Int32 = errno) -> CheckpointError {
    let message = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      return CheckpointError(
        .noSpace, file: file,
        "cannot \(action): \(message). Free some space, or choose a destination on another file system.")
    case ENOENT where action.hasPrefix("open"):
      return CheckpointError(.unreadable, file: file, "there is no such file or directory.")
    default:
      let kind: Kind = action.hasPrefix("open") || action.hasPrefix("read") ? .unreadable : .unwritable
      return CheckpointError(kind, file: file, "cannot \(action): \(message).")
    }
  }
}

/// An open file descriptor that is closed when the last reference goes.
final class FileDescriptor: Sendable {
  let raw: Int32
  let path: String

  init(opening path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o666, action: String = "open it")
    throws(CheckpointError)
  {
    var descriptor: Int32
    repeat {
      descriptor = open(path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw .system(action, path) }
    raw = descriptor
    self.path = path
  }

  deinit { close(raw) }

  func status() throws(CheckpointError) -> stat {
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw .system("read its attributes", path) }
    return status
  }
}

extension stat {
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
  var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }

  /// The time of the last change of contents, in nanoseconds.
  var modification: Int64 {
    #if canImport(Darwin)
      let time = st_mtimespec
    #else
      let time = st_mtim
    #endif
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
