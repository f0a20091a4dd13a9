import Foundation

/// Files that tests read.
enum Fixtures {
  /// The package.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A tiny Llama with what the published implementation recorded on it.
  static let llamaTiny = package.appendingPathComponent("Tests/KnowledgeEditingTests/Fixtures/llama-tiny")

  /// Files of these tests' own.
  static let own = package.appendingPathComponent("Tests/CommandTests/Fixtures")

  /// Real models that are not part of the repository; tests that need them are skipped without.
  static let shared: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return package.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// A real model that writes small stories.
  static let tinyStories = shared.appendingPathComponent("data/models/TinyStories-656K")

  static var hasTinyStories: Bool { FileManager.default.fileExists(atPath: tinyStories.path) }
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

  subscript(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Writes a file into the directory.
  func write(_ text: String, to name: String) throws -> URL {
    try Data(text.utf8).write(to: self[name])
    return self[name]
  }

  /// The names of what is in it, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}

extension URL {
  /// The files of a directory and their bytes.
  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      files[name] = try Data(contentsOf: appendingPathComponent(name))
    }
    return files
  }
}
