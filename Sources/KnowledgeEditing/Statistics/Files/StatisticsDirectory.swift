import Checkpoints
import Foundation

/// Directories of key statistics, in files as the published implementation names and lays them out.
///
/// Beside files that this program writes stands `statistics.json`, which tells what they were made from.
public enum StatisticsDirectory {
  /// Writes a file for each layer and `statistics.json`, which comes last.
  ///
  /// Layers can be added to a directory of the same provenance.
  ///
  /// - Parameters:
  ///   - overwrite: whether files of another provenance, or of the same layers, may be replaced
  /// - Returns: the layers' files
  /// - Throws: ``StatisticsError/refused(file:reason:)`` for a directory in use, `CheckpointError` where writing fails.
  @discardableResult
  public static func write(
    _ statistics: [KeyStatistics], provenance: StatisticsProvenance, to directory: URL,
    overwrite: Bool = false
  ) throws -> [URL] {
    var writer = try StatisticsWriter(
      directory: directory, provenance: provenance, shard: .whole, overwrite: overwrite)
    let files = try statistics.map { layer in
      let name = StatisticsFileName(layerName: layer.layerName, sampleSize: layer.sampleSize).text
      return try writer.add(layer.layerName, keyWidth: layer.keyWidth, count: layer.count, file: name) {
        try StatisticsArchive.write(layer, to: $0, overwrite: overwrite)
      }
    }
    try writer.finish()
    return files
  }
}

/// Writes layers' files into a directory, and the list of them at the end.
struct StatisticsWriter {
  private let directory: URL
  private var manifest: StatisticsManifest

  /// Prepares the directory, creating it where it is missing.
  init(directory: URL, provenance: StatisticsProvenance, shard: CorpusShard, overwrite: Bool) throws {
    self.directory = directory
    manifest = StatisticsManifest(provenance: provenance, shard: shard, layers: [])
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw StatisticsError.refused(
        file: directory.path, reason: "the directory cannot be made: \(error.localizedDescription)")
    }
    guard let existing = try? StatisticsManifest(in: directory) else {
      let url = directory.appendingPathComponent(StatisticsManifest.fileName)
      guard overwrite || !FileManager.default.fileExists(atPath: url.path) else {
        throw StatisticsError.refused(file: url.path, reason: "it is in the way. Choose another directory.")
      }
      return
    }
    if existing.shard == shard, existing.provenance == provenance {
      manifest = existing
    } else if !overwrite {
      let difference =
        existing.provenance.difference(from: provenance) ?? "another part of the corpus (\(existing.shard))"
      throw StatisticsError.refused(
        file: directory.path,
        reason: "it holds statistics of \(difference). Choose another directory, or ask to overwrite it.")
    }
  }

  /// Writes one layer's file by `body`, which returns its hash.
  mutating func add(
    _ layer: String, keyWidth: Int, count: Int, file: String, _ body: (URL) throws -> ContentHash
  ) throws -> URL {
    let url = directory.appendingPathComponent(file)
    let hash = try body(url)
    manifest.layers.removeAll { $0.name == layer }
    manifest.layers.append(
      StatisticsManifest.Layer(name: layer, file: file, keyWidth: keyWidth, count: count, sha256: hash.hex))
    return url
  }

  /// Writes the list.
  func finish() throws { try manifest.write(in: directory) }
}
