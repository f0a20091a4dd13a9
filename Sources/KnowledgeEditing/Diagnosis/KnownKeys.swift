import Checkpoints
import Foundation
import LanguageModels
import StrictJSON

/// What is kept of the keys of a model's layers to edit.
struct KnownKeys {
  let checkpoint: Checkpoint
  let model: any LanguageModel
  let layers: [Int]
  /// What was done to the checkpoint before; nil for nothing.
  let history: EditHistory?
  /// Where statistics and null spaces are kept.
  let cache: URL

  private var names: [String] { layers.map { model.downProjections[$0].name } }

  /// The digests of the layers' statistics as far as the cache has them.
  func statistics() throws -> ([String], Finding) {
    if let directory = history?.method.statisticsDirectory,
      FileManager.default.fileExists(atPath: directory)
    {
      return ([], Finding("statistics", "those of the edits before, in \(directory)"))
    }
    let cache = StatisticsCache(directory: cache)
    var best: [(block: Int, digest: String)] = []
    if try hasEntries(cache) {
      // Those of an edited model are its base's.
      let fingerprint = try history?.ledger.base().fingerprint ?? checkpoint.fingerprint().hex
      for provenance in cache.provenances(ofModel: fingerprint) {
        let found = zip(layers, names).compactMap { block, name in
          cache.digest(of: name, provenance).map { (block: block, digest: $0) }
        }
        if found.count > best.count { best = found }
      }
    }
    let missing = layers.filter { layer in !best.contains { $0.block == layer } }
    let values: [JSONObject.Member] = [
      ("present", JSON(best.map { JSON($0.block) })), ("missing", JSON(missing.map { JSON($0) })),
    ]
    guard !missing.isEmpty else {
      return (
        best.map(\.digest),
        Finding("statistics", "kept for blocks \(Self.list(layers))", values: values)
      )
    }
    let place = best.isEmpty ? "none are kept" : "kept for blocks \(Self.list(best.map(\.block)))"
    let finding = Finding(
      "statistics", .warning, "\(place), missing for blocks \(Self.list(missing))",
      remedy: "edit with --corpus TEXTS once, or: \(command)", values: values + [("command", JSON(command))])
    return (best.map(\.digest), finding)
  }

  /// Hashing all weights takes as long as reading them, and tells nothing where there is nothing to find.
  private func hasEntries(_ cache: StatisticsCache) throws -> Bool {
    guard FileManager.default.fileExists(atPath: cache.directory.path) else { return false }
    return try FileManager.default.contentsOfDirectory(atPath: cache.directory.path)
      .contains { $0.hasSuffix(".npz") }
  }

  /// Collects what is missing, for `edit --statistics`.
  private var command: String {
    "alphaedit statistics --model \(Self.quoted(checkpoint.directory.path)) --layers "
      + layers.map(String.init).joined(separator: ",") + " --corpus TEXTS --output STATISTICS"
  }

  /// Whether the null spaces of statistics with these digests are kept.
  func nullSpaces(of digests: [String], under rule: NullSpaceRule) -> Finding {
    let kept = digests.count { NullSpaceCache(directory: cache).hasEntry(forDigest: $0, rule: rule) }
    let values: [JSONObject.Member] = [("kept", JSON(kept)), ("rule", JSON(rule.description))]
    return kept == layers.count
      ? Finding("null spaces", "kept for all blocks (\(rule))", values: values)
      : Finding(
        "null spaces", .absent,
        "\(kept) of \(layers.count) are kept (\(rule)); the others are computed in the next edit, and kept",
        values: values)
  }

  private static func list(_ blocks: [Int]) -> String { blocks.map(String.init).joined(separator: ", ") }

  /// A path as a shell takes it.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
        || [0x2D, 0x2E, 0x2F, 0x5F].contains($0)
    }
    return isPlain ? path : "'\(path.replacingOccurrences(of: "'", with: #"'\''"#))'"
  }
}
