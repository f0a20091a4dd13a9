import Foundation
import Testing

/// A directory that exists for the length of one test.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoints-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// The names of everything in it, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

  /// The names and bytes of all files in a directory within it.
  func files(_ path: String) throws -> [String: Data] {
    let directory = url.appendingPathComponent(path)
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      files[name] = try Data(contentsOf: directory.appendingPathComponent(name))
    }
    return files
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> URL {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> URL { try write(name, text.utf8) }
}

/// The recorded data of `../shared`, which is not part of the repository.
enum SharedData {
  static let url: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    return package.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  static let isPresent = FileManager.default.fileExists(atPath: url.path)

  static func file(_ path: String) -> URL { url.appendingPathComponent(path) }
}

extension Trait where Self == ConditionTrait {
  /// Skips a test where the recorded data is absent.
  static var needsSharedData: Self {
    .enabled(if: SharedData.isPresent, "needs ../shared (or ALPHAEDIT_SHARED), which is not here")
  }
}

/// The bytes of a safetensors file with this header text and data.
func safetensors(_ header: String, data: Int = 0, fill: UInt8 = 0) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + Array(repeating: fill, count: data)
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
