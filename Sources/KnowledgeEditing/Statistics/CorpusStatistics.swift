import Checkpoints
import Foundation
import LanguageModels
import Tokenization

/// The key statistics of a checkpoint over a corpus: looked up in a cache, or collected.
///
/// ```swift
/// let source = try CorpusStatistics(
///   checkpoint: checkpoint, model: model, tokenizer: tokenizer, corpus: Corpus(files: [url]), sampleSize: 10_000)
/// let result = try source.statistics(of: [4, 5, 6], cache: StatisticsCache(), progress: show)
/// ```
public struct CorpusStatistics {
  /// Statistics, and what was wrong with the cache's entries for them.
  public struct Result: Sendable {
    /// The statistics, by ascending layer.
    public var statistics: [KeyStatistics]
    /// How many of them were in the cache.
    public var cachedCount: Int
    /// Files of the cache that could not be used and were replaced, with the reason; and files that could not be
    /// written.
    public var warnings: [String]
  }

  /// What the statistics are made from.
  public let provenance: StatisticsProvenance
  private let checkpoint: Checkpoint
  private let model: any LanguageModel
  private let tokenizer: Tokenizer
  private let corpus: Corpus

  /// Hashes the checkpoint and the corpus.
  ///
  /// - Parameters:
  ///   - model: that of the checkpoint, not edited
  ///   - sampleSize: how many documents to use; nil for all
  ///   - limit: how many tokens of a document count
  public init(
    checkpoint: Checkpoint, model: any LanguageModel, tokenizer: Tokenizer, corpus: Corpus, sampleSize: Int?,
    limit: TokenLimit = .standard
  ) throws {
    self.checkpoint = checkpoint
    self.model = model
    self.tokenizer = tokenizer
    self.corpus = corpus
    provenance = try StatisticsProvenance(
      checkpoint: checkpoint, corpus: corpus, sampleSize: sampleSize,
      maximumTokens: limit.resolved(for: checkpoint.configuration), dtype: model.dtype)
  }

  /// Collects the statistics of some blocks over a shard of the corpus, whatever a cache may hold.
  ///
  /// - Parameters:
  ///   - memory: how many bytes to use beside the model's weights; nil for as many as are useful
  ///   - convergence: ends the collection once it is reached
  /// - Throws: ``StatisticsError``; `CorpusError` naming file and line.
  public func collect(
    _ layers: [Int], shard: CorpusShard = .whole, until convergence: SubspaceConvergence? = nil,
    memory: Int? = nil, progress: ProgressHandler? = nil
  ) throws -> StatisticsRun {
    let collector = try StatisticsCollector(model: model, layers: layers, memory: memory)
    let sample = try CorpusSample(corpus, sampleSize: provenance.sampleSize, progress: progress)
    let documents = try sample.tokenized(
      by: tokenizer, maximumTokens: provenance.maximumTokens, shard: shard, progress: progress)
    return try collector.collect(
      documents, provenance: provenance, until: convergence, progress: progress)
  }

  /// What ``write(_:to:overwrite:until:memory:progress:)`` has done.
  public struct Written: Sendable {
    /// The layers' files.
    public var files: [URL] = []
    /// How many tokens were counted.
    public var tokenCount = 0
    /// How fast.
    public var throughput: StatisticsThroughput?
    /// How much the protected directions still turned; nil where that was not watched.
    public var convergence: SubspaceConvergence?
  }

  /// Collects the statistics of some blocks into a directory of published files, in as many passes as the memory demands.
  ///
  /// - Parameters:
  ///   - overwrite: whether other statistics there may be replaced.
  ///   - convergence: ends the collection once it is reached; all layers are then collected in one pass, which must fit.
  /// - Throws: ``StatisticsError``; `CorpusError`; `CheckpointError` where writing fails.
  public func write(
    _ layers: [Int], to directory: URL, overwrite: Bool = false,
    until convergence: SubspaceConvergence? = nil,
    memory: Int? = nil, progress: ProgressHandler? = nil
  ) throws -> Written {
    let passes =
      convergence == nil
      ? StatisticsCollector.passes(over: layers, of: model, within: memory) : [Set(layers).sorted()]
    var written = Written()
    for layers in passes {
      let run = try collect(layers, until: convergence, memory: memory, progress: progress)
      written.files += try StatisticsDirectory.write(
        run.statistics(), provenance: run.provenance, to: directory, overwrite: overwrite)
      written.tokenCount = run.tokenCount
      written.convergence = run.convergence
      written.throughput = try StatisticsThroughput(
        tokens: run.tokenCount, seconds: run.seconds, layers: layers, model: model, checkpoint: checkpoint)
    }
    return written
  }

  /// The statistics of some blocks: those that the cache has, and the others collected and kept there, in one pass over the corpus
  /// where the memory holds the sums of all of them, else in several.
  ///
  /// An entry that is damaged is collected again. A cache that cannot be written to is no error.
  public func statistics(
    of layers: [Int], cache: StatisticsCache, memory: Int? = nil, progress: ProgressHandler? = nil
  ) throws -> Result {
    let layers = Set(layers).sorted()
    let names = try StatisticsCollector(model: model, layers: layers).layerNames
    var known: [Int: KeyStatistics] = [:]
    var warnings: [String] = []
    for (layer, name) in zip(layers, names) {
      switch cache.statistics(of: name, provenance, keyWidth: model.feedForwardWidth) {
      case .found(let statistics): known[layer] = statistics
      case .missing: break
      case .refused(let file, let reason): warnings.append("\(file.path): \(reason) It is computed again.")
      }
    }
    let missing = layers.filter { known[$0] == nil }
    let cachedCount = known.count
    for layers in StatisticsCollector.passes(over: missing, of: model, within: memory) {
      let collected = try collect(layers, memory: memory, progress: progress).statistics()
      for (layer, statistics) in zip(layers, collected) {
        known[layer] = statistics
        do {
          known[layer] = try cache.store(statistics, provenance)
        } catch {
          warnings.append("\(error)")
        }
      }
    }
    return Result(
      statistics: layers.compactMap { known[$0] }, cachedCount: cachedCount, warnings: warnings)
  }
}
