import Foundation

/// Files that tests read.
enum Fixtures {
  /// Those of the repository.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// A tiny Llama with what the published implementation recorded on it.
  static let llamaTiny = folder.appendingPathComponent("llama-tiny")

  /// Real models and recorded answers that are not part of the repository; tests that need them are skipped without.
  static let shared: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// Whether there is such a file in ``shared``.
  static func isShared(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: shared.appendingPathComponent(path).path)
  }
}

/// A directory that is removed with the object.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("alphaedit-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file into the directory.
  func write(_ text: String, to name: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file
  }
}
