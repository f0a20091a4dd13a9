import Foundation

/// Folders that tests of several modules read.
public enum Package {
  /// The package.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A tiny Llama with what the published implementation recorded on it.
  public static let llamaTiny = root.appendingPathComponent("Tests/KnowledgeEditingTests/Fixtures/llama-tiny")
}

/// Real models, data and recorded answers that are not part of the repository; tests that need them are skipped without.
public enum SharedFolder {
  /// `../shared` beside the package, or where ALPHAEDIT_SHARED says.
  public static let url: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return Package.root.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// A file or folder in it, which need not be there.
  public static func file(_ path: String) -> URL { url.appendingPathComponent(path) }

  /// Whether there is such a file or folder.
  public static func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: file(path).path) }
}
