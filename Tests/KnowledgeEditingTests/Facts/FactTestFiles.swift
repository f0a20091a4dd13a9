import Foundation

/// Where the tests of facts, contexts and hyper-parameters find files.
enum FactTestFiles {
  static let fixtures = Fixtures.folder

  /// A file that holds `text`, removed when `body` ends.
  static func withFile<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "alphaedit-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}
