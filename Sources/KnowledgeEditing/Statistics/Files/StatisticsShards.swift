import Checkpoints
import Foundation

/// Directories of the sums of one shard each, and their merging.
///
/// A shard's sums are kept in fixed point (8n² bytes a layer), so that what they merge to is, to the bit, what one run
/// over the whole sample gives (on the same device, with the same number of threads and the same memory).
public enum StatisticsShards {
  static let fileSuffix = ".exact.npz"

  /// Writes the sums of a shard into the directory `shard-2-of-8` in `output`.
  ///
  /// - Returns: that directory
  @discardableResult
  public static func write(_ run: StatisticsRun, in output: URL, overwrite: Bool = false) throws -> URL {
    let name = "shard-\(run.shard.index)-of-\(run.shard.count)"
    let directory = output.appendingPathComponent(name, isDirectory: true)
    var writer = try StatisticsWriter(
      directory: directory, provenance: run.provenance, shard: run.shard, overwrite: overwrite)
    for (name, sum) in run.layers {
      _ = try writer.add(name, keyWidth: sum.width, count: sum.count, file: name + fileSuffix) {
        try StatisticsArchive.write(sum, to: $0, overwrite: overwrite)
      }
    }
    try writer.finish()
    return directory
  }

  /// Adds up the shards of a corpus and writes the statistics.
  ///
  /// One layer at a time is held in memory: 16n² bytes.
  ///
  /// - Parameters:
  ///   - shards: the directories that ``write(_:in:overwrite:)`` returned, all of them, in any order
  ///   - output: as for ``StatisticsDirectory/write(_:provenance:to:overwrite:)``
  /// - Returns: the layers' files
  /// - Throws: ``StatisticsError/mismatchedShards(_:)`` where one is missing, comes twice, or was made from another
  ///   model, corpus or with other settings.
  @discardableResult
  public static func merge(
    _ shards: [URL], into output: URL, overwrite: Bool = false, progress: ProgressHandler? = nil
  ) throws -> [URL] {
    let parts = try completeSet(of: shards)
    guard let first = parts.first else {
      throw StatisticsError.mismatchedShards("none were given.")
    }
    guard !first.manifest.layers.isEmpty else {
      throw StatisticsError.mismatchedShards("\(first.directory.path) is of no layers.")
    }
    let provenance = first.manifest.provenance
    var writer = try StatisticsWriter(
      directory: output, provenance: provenance, shard: .whole, overwrite: overwrite)
    var meter = ProgressMeter(
      phase: "Merging", unit: "layers", total: first.manifest.layers.count, handler: progress)
    var files: [URL] = []
    for layer in first.manifest.layers {
      let sum = try mergedSum(of: layer.name, parts)
      guard sum.count > 0 else {
        throw StatisticsError.mismatchedShards("together they count no tokens.")
      }
      let statistics = try KeyStatistics(
        layerName: layer.name, sum: sum.rounded(), count: sum.count, sampleSize: provenance.sampleSize)
      let name = StatisticsFileName(layerName: layer.name, sampleSize: provenance.sampleSize).text
      files.append(
        try writer.add(layer.name, keyWidth: sum.width, count: sum.count, file: name) {
          try StatisticsArchive.write(statistics, to: $0, overwrite: overwrite)
        })
      meter.report(files.count)
    }
    try writer.finish()
    return files
  }

  private typealias Part = (directory: URL, manifest: StatisticsManifest)

  /// The shards' lists, in the order of their numbers, found to make up one run.
  private static func completeSet(of shards: [URL]) throws -> [Part] {
    func mismatch(_ reason: String) -> StatisticsError { .mismatchedShards(reason) }
    var parts: [Int: Part] = [:]
    var first: Part?
    for directory in shards {
      guard let manifest = try StatisticsManifest(in: directory) else {
        throw mismatch("\(directory.path) has no \(StatisticsManifest.fileName), so it is not a shard.")
      }
      let part = (directory, manifest)
      let (model, shard) = (first ?? part, manifest.shard)
      first = model
      if let difference = manifest.provenance.difference(from: model.manifest.provenance) {
        throw mismatch("\(directory.path) is of \(difference) than \(model.directory.path).")
      }
      guard shard.count == model.manifest.shard.count else {
        throw mismatch(
          "\(directory.path) is one of \(shard.count) shards, \(model.directory.path) one of "
            + "\(model.manifest.shard.count).")
      }
      guard
        manifest.layers.map({ [$0.name, "\($0.keyWidth)"] })
          == model.manifest.layers.map({ [$0.name, "\($0.keyWidth)"] })
      else { throw mismatch("\(directory.path) has other layers than \(model.directory.path).") }
      if let twin = parts.updateValue(part, forKey: shard.index) {
        throw mismatch("\(directory.path) and \(twin.directory.path) are both shard \(shard).")
      }
    }
    let count = first?.manifest.shard.count ?? 0
    let missing = (1..<max(1, count + 1)).filter { parts[$0] == nil }
    guard missing.isEmpty else {
      let numbers = missing.prefix(8).map(String.init).joined(separator: ", ")
      throw mismatch("of \(count) shards, number \(numbers)\(missing.count > 8 ? ", …" : "") is missing.")
    }
    return parts.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func mergedSum(of layer: String, _ parts: [Part]) throws -> ExactSum {
    var total: ExactSum?
    for part in parts {
      guard let entry = part.manifest.layers.first(where: { $0.name == layer }) else { continue }
      let url = part.directory.appendingPathComponent(entry.file)
      guard try ContentHash(ofFile: url).hex == entry.sha256 else {
        throw StatisticsError.refused(
          file: url.path, reason: "its bytes are not those that statistics.json was written for.")
      }
      let sum = try StatisticsArchive.readExactSum(url, keyWidth: entry.keyWidth)
      guard try total?.add(sum) != false else { throw StatisticsError.sumTooLarge(layer: layer) }
      total = total ?? sum
    }
    guard let total else { throw StatisticsError.mismatchedShards("none has the layer “\(layer)”.") }
    return total
  }
}
