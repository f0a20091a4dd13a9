import Foundation

/// Where the tests of facts, contexts and hyper-parameters find files.
enum FactTestFiles {
  /// The package's root.
  static let root = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }

  static let fixtures = Fixtures.folder

  /// The folder of public data and recorded answers, which is no part of the package.
  static let shared = Fixtures.shared

  static let hasSharedData = Fixtures.isShared("data")

  /// A file that holds `text`, removed when `body` ends.
  static func withFile<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "alphaedit-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}
