import Foundation
import StrictJSON
import Testing
import Tokenization

/// The `tokenizer.json` files that are in the package, and variants of them.
struct Fixture {
  /// The document.
  var json: JSON

  static let byteLevel = Fixture(named: "byte-level")
  static let sentencePiece = Fixture(named: "sentencepiece")

  static func read(_ name: String) -> JSON {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
    do {
      return try JSON.parse(Data(contentsOf: url))
    } catch {
      Issue.record("\(url.path): \(error)")
      return .null
    }
  }

  private init(named name: String) { json = Self.read(name) }

  /// The document with `value` at a path such as `model.vocab`; nil removes it.
  func setting(_ path: String, to value: JSON?) -> Fixture {
    func set(_ json: JSON, _ path: ArraySlice<Substring>) -> JSON? {
      guard let name = path.first.map(String.init) else { return value }
      var object = json.object ?? JSONObject()
      object[name] = set(object[name] ?? .null, path.dropFirst())
      return .object(object)
    }
    var changed = self
    changed.json = set(json, path.split(separator: ".")[...]) ?? .null
    return changed
  }

  /// Reads the tokenizer from a directory made for it, beside `neighbours`.
  func tokenizer(neighbours: [String: JSON] = [:]) throws -> Tokenizer {
    var files = neighbours
    files["tokenizer.json"] = json
    return try Self.withDirectory(of: files.mapValues { $0.serialized() }) { try Tokenizer(contentsOf: $0) }
  }

  /// Calls `body` with a directory that holds those files, and removes it afterwards.
  static func withDirectory<Result>(of files: [String: [UInt8]], _ body: (URL) throws -> Result) throws
    -> Result
  {
    let directory = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, bytes) in files { try Data(bytes).write(to: directory.appending(path: name)) }
    return try body(directory)
  }
}
