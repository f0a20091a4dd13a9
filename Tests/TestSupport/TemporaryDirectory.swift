import Foundation

/// A directory that exists for the length of one test: it is removed with the object.
public final class TemporaryDirectory {
  /// Where it is.
  public let url: URL

  /// Makes an empty directory.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("alphaedit-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A file or directory in it, which need not be there.
  public subscript(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Writes a file into it, and the directories that are to hold the file.
  @discardableResult
  public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> URL {
    let file = self[name]
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file
  }

  /// Writes a text into it.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> URL { try write(name, text.utf8) }

  /// The names of what is in it, sorted.
  public func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }
}

extension URL {
  /// The files of a directory and their bytes.
  public func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      files[name] = try Data(contentsOf: appendingPathComponent(name))
    }
    return files
  }
}
