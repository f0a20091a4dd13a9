import Foundation

enum Fixtures {
  /// Files of the repository that tests read.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// Real models and recorded answers that are not part of the repository; tests that need them are skipped
  /// without.
  static let shared: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("shared")
  }()

  static func isShared(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: shared.appendingPathComponent(path).path)
  }
}
