import Foundation
import StrictJSON

/// The index of a sharded checkpoint, `model.safetensors.index.json`: which shard holds which tensor.
struct CheckpointIndex {
  static let fileName = "model.safetensors.index.json"

  let path: String
  /// The shards' names, in the order of their names.
  let shardNames: [String]
  private let weightMap: [(tensor: String, shard: String)]
  private let totalSize: JSON?

  init(contentsOf url: URL) throws(CheckpointError) {
    path = url.path
    let document = try JSONFile(contentsOf: url)
    guard let map = document.root["weight_map"]?.object else {
      throw CheckpointError(
        .malformed, file: path, "it has no “weight_map” object, which says where each tensor is.")
    }
    var weightMap: [(tensor: String, shard: String)] = []
    for (tensor, shard) in map.members {
      guard let shard = shard.string else {
        throw CheckpointError(
          .malformed, file: path,
          "“weight_map” gives \(shard.kind) for tensor “\(tensor.text)”, not a file name.")
      }
      weightMap.append((tensor.text, shard))
    }
    self.weightMap = weightMap
    totalSize = document.root["metadata"]?.object?["total_size"]
    shardNames = Set(weightMap.map { Array($0.shard.utf8) }).map { String(decoding: $0, as: UTF8.self) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var spellings: [String: String] = [:]
    for name in shardNames {
      guard let other = spellings.updateValue(name, forKey: name.lowercased()) else { continue }
      throw CheckpointError(
        .inconsistentIndex, file: path,
        "the file names “\(other)” and “\(name)” differ in case alone, and are one file on some systems.")
    }
  }

  /// Throws unless the shards hold exactly the tensors that the index says, where it says.
  ///
  /// - Parameter shards: the opened files by name.
  func check(against shards: [(name: String, file: SafetensorsFile)]) throws(CheckpointError) {
    var places: [[UInt8]: String] = [:]
    for (tensor, shard) in weightMap { places[Array(tensor.utf8)] = shard }
    var found: [[UInt8]: String] = [:]
    var bytes = 0
    for (name, file) in shards {
      for tensor in file.tensors {
        let key = Array(tensor.name.utf8)
        if let other = found.updateValue(name, forKey: key) {
          throw inconsistent("tensor “\(tensor.name)” is in two shards, “\(other)” and “\(name)”.")
        }
        guard let place = places[key] else {
          throw inconsistent("tensor “\(tensor.name)” of “\(name)” is not listed.")
        }
        guard place.utf8.elementsEqual(name.utf8) else {
          throw inconsistent("tensor “\(tensor.name)” is listed in “\(place)” but is in “\(name)”.")
        }
        bytes += tensor.byteRange.count
      }
    }
    if let absent = weightMap.first(where: { found[Array($0.tensor.utf8)] == nil }) {
      throw inconsistent("tensor “\(absent.tensor)” is listed in “\(absent.shard)” but is not in it.")
    }
    // Some programs write the number as a float.
    if let totalSize, totalSize.double != Double(bytes) {
      let stated = totalSize.int.map(String.init) ?? totalSize.text()
      throw inconsistent(
        "“total_size” says \(stated) bytes of tensors, but the shards hold \(bytes). "
          + "If they are all there, correct that number or remove it.")
    }
  }

  /// Throws if the directory holds a shard (by its name, `…-00002-of-00004.safetensors`) that is not listed.
  func checkReferences(in files: [String]) throws(CheckpointError) {
    let listed = Set(shardNames.map { Array($0.utf8) })
    for name in files where Self.isShardName(name) && !listed.contains(Array(name.utf8)) {
      throw inconsistent(
        "the directory holds the shard “\(name)”, which is not listed. Remove the one or the other.")
    }
  }

  static func isShardName(_ name: String) -> Bool {
    name.wholeMatch(of: /.+-[0-9]{5}-of-[0-9]{5}\.safetensors/) != nil
  }

  private func inconsistent(_ reason: String) -> CheckpointError {
    CheckpointError(.inconsistentIndex, file: path, reason)
  }
}
