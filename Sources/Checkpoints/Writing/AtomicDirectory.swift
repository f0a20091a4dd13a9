import CFileMap
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// New directories that are there with all their files or not at all.
public enum AtomicDirectory {
  /// Makes a directory: its files go to a new one beside it (`.NAME.alphaedit-….partial`), which then takes its name.
  ///
  /// What writers of the same directory left when they were killed is removed first.
  ///
  /// - Parameters:
  ///   - url: the directory, which must not exist; those that are to hold it are made.
  ///   - fill: writes files, each of which it flushes (as ``AtomicFile`` does), into the directory it is given.
  /// - Throws: ``CheckpointError``, and whatever `fill` throws.
  public static func write(to url: URL, _ fill: (URL) throws -> Void) throws {
    let destination = url.standardizedFileURL
    let parent = destination.deletingLastPathComponent()
    do { try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true) } catch {
      throw CheckpointError(
        .unwritable, file: parent.path, "cannot make the directory: \(error.localizedDescription)")
    }
    let lock = try DestinationLock(for: destination)
    let prefix = ".\(destination.lastPathComponent).alphaedit-"
    for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
    where name.hasPrefix(prefix) && name.hasSuffix(".partial") {
      try? FileManager.default.removeItem(at: parent.appendingPathComponent(name))
    }
    let staging = parent.appendingPathComponent(prefix + uniqueSuffix() + ".partial", isDirectory: true)
    guard mkdir(staging.path, 0o777) == 0 else {
      throw CheckpointError.system("make the directory", staging.path)
    }
    do {
      try fill(staging)
      try flushDirectory(staging)
      guard file_rename_exclusively(staging.path, destination.path) == 0 else {
        if errno == EEXIST || errno == ENOTEMPTY {
          throw CheckpointError(
            .destinationExists, file: destination.path, "it exists already; choose another directory.")
        }
        throw CheckpointError.system("give it its name", destination.path)
      }
      try flushDirectory(parent)
    } catch {
      try? FileManager.default.removeItem(at: staging)
      throw error
    }
    withExtendedLifetime(lock) {}
  }
}
