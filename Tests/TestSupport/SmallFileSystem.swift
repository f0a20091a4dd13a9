import Foundation

/// A small file system in memory, which only the administrator of a Linux machine may mount.
public final class SmallFileSystem: Sendable {
  /// Whether one can be made here.
  public static var isAvailable: Bool {
    access("/usr/bin/mount", X_OK) == 0 && getuid() == 0
      && (try? SmallFileSystem(megabytes: 1, in: TemporaryDirectory())) != nil
  }

  /// Its root.
  public let url: URL

  /// Mounts an empty one in a directory.
  public init(megabytes: Int, in directory: TemporaryDirectory) throws {
    url = directory.url.appendingPathComponent("small")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Self.run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", url.path)
  }

  deinit { try? Self.run("/usr/bin/umount", url.path) }

  /// From now on nothing in it can be written.
  public func makeReadOnly() throws {
    try Self.run("/usr/bin/mount", "-o", "remount,ro", url.path)
  }

  private static func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = nil
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
