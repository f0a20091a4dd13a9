import CFileMap
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are there whole or not at all.
public enum AtomicFile {
  /// Writes a file: its bytes go to a new file beside it (`.NAME.….partial`), are flushed to the medium, and then take
  /// its name. Whatever happens on the way, `url` holds what it held before, or all of the new bytes.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - overwrite: whether an existing file may be replaced.
  /// - Returns: the hash of the bytes.
  /// - Throws: ``CheckpointError``.
  @discardableResult
  public static func write(
    _ bytes: [UInt8], to url: URL, overwrite: Bool
  ) throws(CheckpointError) -> ContentHash {
    do {
      return try write(to: url, overwrite: overwrite) { try $0.write(bytes) }
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError(.unwritable, file: url.path, "\(error)")
    }
  }

  static func write(
    to url: URL, overwrite: Bool, _ body: (inout OutputFile) throws -> Void
  ) throws -> ContentHash {
    if !overwrite && FileManager.default.fileExists(atPath: url.path) { throw exists(url) }
    let directory = url.deletingLastPathComponent()
    removeAbandoned(beside: url)
    let temporary = directory.appendingPathComponent(".\(url.lastPathComponent).\(uniqueSuffix()).partial")
      .path
    do {
      var file = try OutputFile(creating: temporary)
      while !file.lock() { file = try OutputFile(creating: temporary) }
      try body(&file)
      let hash = try file.finish { () throws(CheckpointError) in
        guard
          (overwrite ? rename(temporary, url.path) : file_rename_exclusively(temporary, url.path)) == 0
        else {
          if errno == EEXIST { throw exists(url) }
          throw CheckpointError.system("give it its name", url.path)
        }
      }
      try flushDirectory(directory)
      return hash
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func exists(_ url: URL) -> CheckpointError {
    CheckpointError(
      .destinationExists, file: url.path, "it exists already; choose another name or ask to overwrite it.")
  }

  /// Removes what writers of the same file left when they were killed.
  private static func removeAbandoned(beside url: URL) {
    let directory = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in names where name.hasPrefix(".\(url.lastPathComponent).") && name.hasSuffix(".partial") {
      OutputFile.removeIfAbandoned(directory.appendingPathComponent(name).path)
    }
  }
}

/// Sixteen hexadecimal digits that no other writer uses.
func uniqueSuffix() -> String { String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }
