import Checkpoints
import Foundation
import StrictJSON
import Torch

/// `statistics.json`: what the statistics in a directory were made from, and the hashes of their files.
struct StatisticsManifest: Equatable {
  /// One layer's file.
  struct Layer: Equatable {
    var name: String
    var file: String
    var keyWidth: Int
    var count: Int
    var sha256: String
  }

  var provenance: StatisticsProvenance
  var shard: CorpusShard
  var layers: [Layer]

  static let fileName = "statistics.json"
  private static let format = "alphaedit key statistics 1"
  /// Longer files are refused unread.
  private static let sizeLimit = 16 << 20

  init(provenance: StatisticsProvenance, shard: CorpusShard, layers: [Layer]) {
    self.provenance = provenance
    self.shard = shard
    self.layers = layers
  }

  /// The manifest in `directory`; nil where there is none.
  ///
  /// - Throws: ``StatisticsError/refused(file:reason:)`` for one that cannot be read.
  init?(in directory: URL) throws {
    let url = directory.appendingPathComponent(Self.fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    func refused(_ reason: String) -> StatisticsError { .refused(file: url.path, reason: reason) }
    let file = try MappedFile(contentsOf: url)
    guard file.count <= Self.sizeLimit else {
      throw refused("it has \(file.count) bytes, too many for a list.")
    }
    let json: JSON
    do {
      json = try JSON.parse(try file.withBytes(in: 0..<file.count) { Array($0) })
    } catch let error as JSONError {
      throw refused("line \(error.line), byte \(error.offset): \(error.reason)")
    }
    guard json["format"]?.string == Self.format else {
      throw refused(
        "it is not a list of statistics that this program wrote (“format” is not “\(Self.format)”).")
    }
    guard let provenance = json["made_from"].flatMap(StatisticsProvenance.init),
      let shard = json["shard"]?.string.flatMap({ CorpusShard($0) }), let entries = json["layers"]?.array
    else { throw refused("“made_from”, “shard” or “layers” is missing or of the wrong kind.") }
    self.provenance = provenance
    self.shard = shard
    layers = try entries.map { entry in
      guard let name = entry["name"]?.string, let file = entry["file"]?.string,
        let keyWidth = entry["key_width"]?.int, let count = entry["tokens"]?.int,
        let sha256 = entry["sha256"]?.string
      else { throw refused("an entry of “layers” lacks a member, or has one of the wrong kind.") }
      // What shards are merged into is named by the layer.
      for text in [name, file] where !text.isPlainFileName {
        throw refused("“\(text)” in “layers” is a path, not a name.")
      }
      return Layer(name: name, file: file, keyWidth: keyWidth, count: count, sha256: sha256)
    }
  }

  private var json: JSON {
    [
      "format": JSON(Self.format), "made_from": provenance.json, "shard": JSON(shard.description),
      "libtorch": JSON(Engine.version),
      "layers": JSON(
        layers.map { layer in
          [
            "name": JSON(layer.name), "file": JSON(layer.file), "key_width": JSON(layer.keyWidth),
            "tokens": JSON(layer.count), "sha256": JSON(layer.sha256),
          ]
        }),
    ]
  }

  /// Writes the manifest, replacing one that is there.
  func write(in directory: URL) throws {
    try AtomicFile.write(
      json.serialized(pretty: true), to: directory.appendingPathComponent(Self.fileName), overwrite: true)
  }
}
