import Foundation
import StrictJSON

/// A checkpoint to be written from nothing: a configuration, tensors, and files beside them.
public struct NewCheckpoint {
  /// What other programs put into one file at most, in bytes.
  public static let usualShardLimit = 5_000_000_000

  private let configuration: JSON
  private let tensors: [NewTensor]
  private let copiedFiles: [URL]

  /// A checkpoint of these parts.
  ///
  /// - Parameters:
  ///   - configuration: `config.json`.
  ///   - tensors: the weights, in the order in which they are to be stored.
  ///   - copiedFiles: small files that are copied under their names, such as a tokenizer's.
  public init(configuration: JSON, tensors: [NewTensor], copiedFiles: [URL] = []) {
    self.configuration = configuration
    self.tensors = tensors
    self.copiedFiles = copiedFiles
  }

  /// Writes the checkpoint whole or not at all (see ``AtomicDirectory``), asking for one tensor's bytes at a time: as
  /// `model.safetensors`, or as shards with an index where the tensors take more than `shardLimit` bytes.
  ///
  /// A tensor larger than the limit has a shard of its own.
  ///
  /// - Parameter directory: the directory, which must not exist.
  /// - Throws: ``CheckpointError``, and whatever the tensors' contents throw.
  public func write(to directory: URL, shardLimit: Int = usualShardLimit) throws {
    let shards = shards(upTo: shardLimit)
    try AtomicDirectory.write(to: directory) { staging in
      try checkFreeSpace(at: staging)
      try write(configuration, to: staging.appending(path: Checkpoint.configurationName))
      for file in copiedFiles {
        let mapped = try MappedFile(contentsOf: file)
        let bytes = try mapped.withBytes(in: 0..<mapped.count) { Array($0) }
        try AtomicFile.write(bytes, to: staging.appending(path: file.lastPathComponent), overwrite: false)
      }
      for (name, tensors) in shards {
        try SafetensorsWriter.write(tensors, to: staging.appending(path: name))
      }
      guard shards.count > 1 else { return }
      var map = JSONObject()
      for (name, tensors) in shards { for tensor in tensors { map[tensor.name] = JSON(name) } }
      try write(
        ["metadata": ["total_size": JSON(byteCount)], "weight_map": .object(map)],
        to: staging.appending(path: CheckpointIndex.fileName))
    }
  }

  private var byteCount: Int { tensors.reduce(0) { $0 + Self.size(of: $1) } }

  /// The writer of the file refuses tensors whose size cannot be told.
  private static func size(of tensor: NewTensor) -> Int { tensor.dtype.byteCount(shape: tensor.shape) ?? 0 }

  /// Consecutive tensors, as many to a shard as the limit allows.
  private func shards(upTo limit: Int) -> [(name: String, tensors: [NewTensor])] {
    var shards: [[NewTensor]] = [[]]
    var filled = 0
    for tensor in tensors {
      let size = Self.size(of: tensor)
      if filled > 0 && filled + size > limit {
        shards.append([])
        filled = 0
      }
      shards[shards.count - 1].append(tensor)
      filled += size
    }
    guard shards.count > 1 else { return [(Checkpoint.singleFileName, tensors)] }
    func number(_ value: Int) -> String { String(("00000" + String(value)).suffix(5)) }
    return shards.enumerated().map { index, tensors in
      ("model-\(number(index + 1))-of-\(number(shards.count)).safetensors", tensors)
    }
  }

  private func checkFreeSpace(at directory: URL) throws(CheckpointError) {
    let available = try FreeSpace.bytes(at: directory)
    guard available < byteCount else { return }
    throw CheckpointError(
      .noSpace, file: directory.path,
      "the weights take \(byteCount) bytes, but \(available) are free. Choose another file system.")
  }

  private func write(_ json: JSON, to file: URL) throws(CheckpointError) {
    try AtomicFile.write(json.serialized(pretty: true), to: file, overwrite: false)
  }
}
