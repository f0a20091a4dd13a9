import Foundation

/// The room that file systems have left.
package enum FreeSpace {
  /// How many bytes programs can still write to the file system of a directory.
  ///
  /// - Throws: ``CheckpointError`` where the system does not tell.
  package static func bytes(at directory: URL) throws(CheckpointError) -> Int {
    var status = statvfs()
    guard statvfs(directory.path, &status) == 0 else {
      throw .system("read how much space is free", directory.path)
    }
    let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
      by: Int(clamping: status.f_frsize))
    return overflow ? .max : bytes
  }
}
