import Torch

/// What a ``StatisticsCollector`` has summed over a corpus, or over one shard of it.
///
/// The sums are kept in fixed point, so that those of shards add up to the very bits of one run over everything.
/// Memory: 8n² bytes a layer.
public struct StatisticsRun {
  /// What was summed.
  public let provenance: StatisticsProvenance
  /// Over which part of the sample.
  public let shard: CorpusShard
  /// The sum of each layer.
  let layers: [(name: String, sum: ExactSum)]
  /// How long the pass took.
  var seconds = 0.0
  /// How much the protected directions still turned; nil where that was not watched.
  public var convergence: SubspaceConvergence?

  /// How many tokens were summed.
  public var tokenCount: Int { layers.first?.sum.count ?? 0 }

  /// The names of the layers.
  public var layerNames: [String] { layers.map(\.name) }

  /// The statistics of the whole corpus, the sums rounded to float32.
  ///
  /// - Throws: ``StatisticsError/mismatchedShards(_:)`` if this is one shard of several.
  public func statistics() throws -> [KeyStatistics] {
    guard shard == .whole else {
      throw StatisticsError.mismatchedShards(
        "shard \(shard) is not the whole corpus. Merge it with the others.")
    }
    return try layers.map { layer in
      try KeyStatistics(
        layerName: layer.name, sum: layer.sum.rounded(), count: layer.sum.count,
        sampleSize: provenance.sampleSize)
    }
  }
}
