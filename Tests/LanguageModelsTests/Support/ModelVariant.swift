import Checkpoints
import Foundation

/// A copy of a recorded model with changes, in a directory of its own that goes with it.
final class ModelVariant {
  let directory: URL

  /// - Parameters:
  ///   - changes: values to put in config.json; nil takes a key out
  ///   - header: what to do to the header of the weights, which must not grow
  init(
    of name: String, _ changes: [String: Any?] = [:], header: (String) -> String = { $0 }
  ) throws {
    let source = Fixtures.folder.appendingPathComponent("architectures/\(name)")
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let data = try Data(contentsOf: source.appendingPathComponent("config.json"))
    var configuration = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    for (key, value) in changes { configuration[key] = value }
    try JSONSerialization.data(withJSONObject: configuration)
      .write(to: directory.appendingPathComponent("config.json"))
    try Self.rewrite(Data(contentsOf: source.appendingPathComponent("model.safetensors")), header)
      .write(to: directory.appendingPathComponent("model.safetensors"))
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  var checkpoint: Checkpoint { get throws { try Checkpoint(directory: directory) } }

  private static func rewrite(_ file: Data, _ change: (String) -> String) -> Data {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = change(String(decoding: file[8..<8 + length], as: UTF8.self))
    let padding = String(repeating: " ", count: length - header.utf8.count)
    return file.prefix(8) + Data((header + padding).utf8) + file.dropFirst(8 + length)
  }
}
