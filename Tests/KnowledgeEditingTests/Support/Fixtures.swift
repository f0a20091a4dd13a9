import Foundation

/// Files that tests read.
enum Fixtures {
  /// Those of the repository.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")
}
