import Foundation
import Synchronization

/// A checkpoint directory in the Hugging Face layout, opened for reading.
///
/// ```swift
/// let checkpoint = try Checkpoint(directory: url)
/// let width = try checkpoint.configuration.positiveInt("hidden_size", "n_embd")
/// let weight = try checkpoint.tensor("lm_head.weight")
/// ```
///
/// Weights are `model.safetensors`, or the shards named by `model.safetensors.index.json`; they are mapped into
/// memory, not read.
public final class Checkpoint: Sendable {
  /// The directory, with symbolic links resolved.
  public let directory: URL
  /// `config.json`.
  public let configuration: ConfigurationFile
  /// `generation_config.json`, where there is one.
  public let generationConfiguration: ConfigurationFile?
  /// The weight files with their names, in the order of the names.
  public let shards: [(name: String, file: SafetensorsFile)]
  /// The names of all tensors: shard by shard, within a shard in the order of the data.
  public let tensorNames: [String]
  /// What is odd about the checkpoint without making it unusable.
  public let warnings: [CheckpointWarning]
  let location: CheckpointDirectory
  private let shardPositions: [[UInt8]: Int]
  private let cachedFingerprint = Mutex<ContentHash?>(nil)

  /// The name of the file with a model's configuration.
  public static let configurationName = "config.json"
  static let generationConfigurationName = "generation_config.json"
  static let singleFileName = "model.safetensors"

  /// Opens the checkpoint in `directory`, checking the headers of its weight files and their index.
  ///
  /// - Throws: ``CheckpointError`` naming the file and what is wrong in it.
  public init(directory: URL) throws(CheckpointError) {
    let location = try CheckpointDirectory(directory)
    self.location = location
    self.directory = location.url
    let names = try location.entries().map(\.name)
    guard let configurationURL = location.file(named: Self.configurationName) else {
      throw CheckpointError(
        .unreadable, file: location.url.path, "it holds no config.json, so it is not a checkpoint directory.")
    }
    configuration = try ConfigurationFile(contentsOf: configurationURL)
    generationConfiguration = try location.file(named: Self.generationConfigurationName)
      .map { url throws(CheckpointError) in try ConfigurationFile(contentsOf: url) }
    (shards, warnings) = try Self.openShards(in: location, names: names)
    var tensorNames: [String] = []
    var shardPositions: [[UInt8]: Int] = [:]
    for (position, shard) in shards.enumerated() {
      for tensor in shard.file.tensors {
        tensorNames.append(tensor.name)
        shardPositions[Array(tensor.name.utf8)] = position
      }
    }
    self.tensorNames = tensorNames
    self.shardPositions = shardPositions
  }

  /// Opens the weight files in `directory` as ``init(directory:)`` does, whatever the state of the configuration.
  ///
  /// - Throws: ``CheckpointError``.
  public static func weightFiles(
    in directory: URL
  ) throws(CheckpointError) -> (
    shards: [(name: String, file: SafetensorsFile)], warnings: [CheckpointWarning]
  ) {
    let location = try CheckpointDirectory(directory)
    return try openShards(in: location, names: location.entries().map(\.name))
  }

  private static func openShards(
    in location: CheckpointDirectory, names: [String]
  ) throws(CheckpointError) -> (
    shards: [(name: String, file: SafetensorsFile)], warnings: [CheckpointWarning]
  ) {
    var warnings: [CheckpointWarning] = []
    let indexURL = location.file(named: CheckpointIndex.fileName)
    if let single = location.file(named: singleFileName) {
      if let indexURL {
        warnings.append(
          CheckpointWarning(
            file: indexURL.path, message: "ignored, because model.safetensors is there as well."))
      }
      return ([(singleFileName, try SafetensorsFile(contentsOf: single))], warnings)
    }
    guard let indexURL else { throw location.withoutWeights(names) }
    let index = try CheckpointIndex(contentsOf: indexURL)
    var shards: [(name: String, file: SafetensorsFile)] = []
    for name in index.shardNames {
      shards.append((name, try SafetensorsFile(contentsOf: location.file(namedInData: name, by: index.path))))
    }
    try index.checkReferences(in: names)
    try index.check(against: shards)
    for name in names where name.hasSuffix(".safetensors") && !index.shardNames.contains(name) {
      warnings.append(
        CheckpointWarning(
          file: location.url.appendingPathComponent(name).path, message: "not listed in the index; ignored."))
    }
    return (shards, warnings)
  }

  /// The tensor of this name, compared byte for byte.
  public subscript(name: String) -> MappedTensor? {
    shardPositions[Array(name.utf8)].flatMap { shards[$0].file[name] }
  }

  /// The tensor of this name.
  ///
  /// - Throws: ``CheckpointError`` with the names most like it, if there is none.
  public func tensor(_ name: String) throws(CheckpointError) -> MappedTensor {
    if let tensor = self[name] { return tensor }
    throw missing(name)
  }

  func missing(_ name: String) -> CheckpointError {
    let near = namesNear(name, among: tensorNames).map { "“\($0)”" }
    return CheckpointError(
      .missingTensor(name), file: directory.path,
      "it has no tensor “\(name)”."
        + (near.isEmpty ? "" : " Names like it: \(near.joined(separator: ", "))."))
  }

  /// Throws if a weight file was cut short or written to since the checkpoint was opened.
  public func checkNotTruncated() throws(CheckpointError) {
    for shard in shards { try shard.file.checkNotTruncated() }
  }

  /// A hash of the configuration and of every tensor's name, type, shape and bytes.
  ///
  /// It does not depend on how the tensors are spread over files. All weights are read, at about the speed of the
  /// medium; later calls return the same value without reading again.
  public func fingerprint() throws(CheckpointError) -> ContentHash {
    if let known = cachedFingerprint.withLock({ $0 }) { return known }
    let tensors = shards.flatMap { shard in
      shard.file.tensors.map { MappedTensor(info: $0, file: shard.file.file) }
    }
    .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let hashes = concurrentMap(tensors) { ContentHash(of: $0) }
    try checkNotTruncated()
    var hasher = ContentHasher()
    hasher.update(field: ContentHash(of: configuration.bytes).hex)
    for (tensor, hash) in zip(tensors, hashes) {
      hasher.update(field: tensor.name)
      hasher.update(field: tensor.dtype.rawValue)
      hasher.update(field: "\(tensor.shape)")
      hasher.update(field: hash.hex)
    }
    let fingerprint = hasher.finish()
    cachedFingerprint.withLock { $0 = fingerprint }
    return fingerprint
  }

  /// Reads all weights and returns a warning for each tensor that holds NaN or an infinity.
  public func nonFiniteWarnings() throws(CheckpointError) -> [CheckpointWarning] {
    var warnings: [CheckpointWarning] = []
    for shard in shards { warnings += try shard.file.nonFiniteWarnings() }
    return warnings
  }
}

/// Something odd about a file that does not keep it from being used.
public struct CheckpointWarning: Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// What is odd about it.
  public var message: String

  /// The file and the message.
  public var description: String { "\(file): \(message)" }
}

extension ContentHash {
  /// The hash of a tensor's bytes; whether they were the file's is for the caller to check.
  init(of tensor: MappedTensor) { self.init(of: tensor.bytes) }
}

extension CheckpointDirectory {
  fileprivate func withoutWeights(_ names: [String]) -> CheckpointError {
    let foreign = names.filter(ForeignWeights.matches)
    return CheckpointError(
      .unreadable, file: url.path,
      "it holds neither model.safetensors nor model.safetensors.index.json."
        + (foreign.isEmpty
          ? "" : " Convert “\(foreign[0])” to safetensors first; only that format is read."))
  }
}

/// Files that hold weights in formats this program neither reads nor writes.
enum ForeignWeights {
  static func matches(_ name: String) -> Bool {
    let suffixes = [
      ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".gguf", ".ggml", ".onnx",
      ".tflite", ".ot", ".npz",
    ]
    return suffixes.contains { name.hasSuffix($0) }
  }
}
