import Foundation
import StrictJSON

/// A model's `config.json` (or `generation_config.json`), or an object within it, read with checks.
///
/// An architecture's own configuration is a few lines, whatever spelling the file uses:
///
/// ```swift
/// let width = try file.positiveInt("hidden_size", "n_embd")
/// let blocks = try file.positiveInt("num_hidden_layers", "n_layer", atMost: 1_000)
/// let epsilon = try file.double("rms_norm_eps", default: 1e-6)
/// let heads = try file.attentionShape(width: width)
/// ```
///
/// Each accessor takes the names a value may have and reads the first that is there; `null` counts as not there.
/// Errors name the file, the key with its path, what was found and what is accepted.
public struct ConfigurationFile: Sendable, Equatable {
  /// The file.
  public let url: URL
  /// The whole file as it is.
  public let bytes: [UInt8]
  /// The values.
  public let values: JSONObject
  /// The keys that lead to ``values`` from the file's root; empty for the root itself.
  public let path: [String]

  /// Reads the file at `url`.
  ///
  /// - Throws: ``CheckpointError`` with line and offset if it is not plain JSON with an object at its root.
  public init(contentsOf url: URL) throws(CheckpointError) {
    let document = try JSONFile(contentsOf: url)
    self.init(url: url, bytes: document.bytes, values: document.root, path: [])
  }

  /// A configuration that is in no file.
  ///
  /// - Parameter name: what messages call the file that it might be.
  public init(values: JSONObject, named name: String = "config.json") {
    self.init(url: URL(filePath: name), bytes: JSON.object(values).serialized(), values: values, path: [])
  }

  private init(url: URL, bytes: [UInt8], values: JSONObject, path: [String]) {
    self.url = url
    self.bytes = bytes
    self.values = values
    self.path = path
  }

  /// The first of these keys whose value is there and not `null`.
  public func value(_ names: String...) -> JSON? { first(names)?.value }

  /// The object under the first of these keys that is there.
  public func section(_ names: String...) throws(CheckpointError) -> ConfigurationFile? {
    guard let (name, value) = first(names) else { return nil }
    guard let object = value.object else { throw invalid(name, "is \(value.kind), not an object") }
    return ConfigurationFile(url: url, bytes: bytes, values: object, path: path + [name])
  }

  /// The `model_type`, by which programs tell architectures apart.
  public var modelType: String { get throws(CheckpointError) { try string("model_type") } }

  func first(_ names: [String]) -> (name: String, value: JSON)? {
    for name in names {
      if let value = values[name], !value.isNull { return (name, value) }
    }
    return nil
  }

  /// An error about one key; `complaint` continues the sentence that begins with the key.
  public func invalid(_ name: String, _ complaint: String) -> CheckpointError {
    let key = (path + [name]).joined(separator: ".")
    return CheckpointError(.configuration(key: key), file: url.path, "“\(key)” \(complaint).")
  }

  func missing(_ names: [String]) -> CheckpointError {
    let others = names.dropFirst().map { "“\($0)”" }.joined(separator: " or ")
    return invalid(names.first ?? "", "is missing" + (others.isEmpty ? "" : " (so is \(others))"))
  }
}
