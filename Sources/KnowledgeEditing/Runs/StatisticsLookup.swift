import Checkpoints
import Foundation
import LanguageModels
import StrictJSON

/// The key statistics of the layers to edit, wherever they come from.
struct StatisticsLookup {
  /// The statistics, by ascending layer.
  let statistics: [KeyStatistics]
  /// Where they are from, in words.
  let origin: String
  /// What was wrong with files that were not used.
  let warnings: [String]

  init(
    _ settings: EditRunSettings, layers: [Int], preferredSampleSize: Int?, opened: OpenedModel, memory: Int,
    progress: ProgressHandler?
  ) throws {
    switch settings.statistics {
    case .directory(let directory):
      self = try Self(
        below: directory, layers: layers, preferredSampleSize: preferredSampleSize, opened: opened)
    case .directoryElseCached(let directory):
      do {
        self = try Self(
          below: directory, layers: layers, preferredSampleSize: preferredSampleSize, opened: opened)
      } catch let error as StatisticsError {
        guard case .notFound = error else { throw error }
        // Of two places that hold nothing, the one with published names says which files are wanted.
        guard let cached = try Self(cachedIn: settings.cache, layers: layers, opened: opened) else {
          throw error
        }
        self = cached
      }
    case .corpus(let files, let options):
      let source = try CorpusStatistics(
        checkpoint: opened.checkpoint, model: opened.model, tokenizer: opened.tokenizer,
        corpus: Corpus(files: files),
        sampleSize: options.sampleSize ?? preferredSampleSize ?? CorpusOptions.standardSampleSize,
        limit: options.tokenLimit)
      let result = try source.statistics(
        of: layers, cache: StatisticsCache(directory: settings.cache), memory: memory,
        progress: progress)
      statistics = result.statistics
      origin = files.map(\.lastPathComponent).joined(separator: ", ")
      warnings = result.warnings
    case .cached:
      guard let cached = try Self(cachedIn: settings.cache, layers: layers, opened: opened) else {
        throw EditRunError.noStatistics(
          model: opened.checkpoint.directory.path, layers: Self.names(of: layers, opened),
          cache: StatisticsCache(directory: settings.cache).directory.path)
      }
      self = cached
    }
  }

  private init(
    below directory: URL, layers: [Int], preferredSampleSize: Int?, opened: OpenedModel
  ) throws {
    let found = try StatisticsDirectory.find(
      layerNames: Self.names(of: layers, opened), below: directory, keyWidth: opened.model.feedForwardWidth,
      sampleSize: preferredSampleSize, modelFingerprint: opened.checkpoint.fingerprint().hex)
    statistics = found.statistics
    origin = directory.path
    warnings = []
  }

  /// What the cache holds; nil where that is not enough.
  private init?(cachedIn directory: URL, layers: [Int], opened: OpenedModel) throws {
    let cache = StatisticsCache(directory: directory)
    var warnings: [String] = []
    guard
      let found = cache.statistics(
        of: Self.names(of: layers, opened), ofModel: try opened.checkpoint.fingerprint().hex,
        keyWidth: opened.model.feedForwardWidth, warnings: &warnings)
    else { return nil }
    statistics = found
    origin = "kept from an earlier run (\(cache.directory.path))"
    self.warnings = warnings
  }

  private static func names(of layers: [Int], _ opened: OpenedModel) -> [String] {
    layers.map { opened.model.downProjections[$0].name }
  }
}

extension StatisticsCache {
  /// Statistics of all the layers, made alike from one corpus, for a model; nil where there are none.
  ///
  /// Of several corpora, that from which the most tokens were counted is used.
  ///
  /// - Parameter warnings: gets a line for each file that cannot be used.
  func statistics(
    of layerNames: [String], ofModel fingerprint: String, keyWidth: Int, warnings: inout [String]
  ) -> [KeyStatistics]? {
    var best: [KeyStatistics]?
    for provenance in provenances(ofModel: fingerprint) {
      var found: [KeyStatistics] = []
      for name in layerNames {
        switch statistics(of: name, provenance, keyWidth: keyWidth) {
        case .found(let statistics): found.append(statistics)
        case .missing: break
        case .refused(let file, let reason): warnings.append("\(file.path): \(reason)")
        }
      }
      guard found.count == layerNames.count else { continue }
      if found[0].count > best?[0].count ?? 0 { best = found }
    }
    return best
  }

  /// What the entries for a model were made from, each once, in an order that does not change from run to run.
  func provenances(ofModel fingerprint: String) -> [StatisticsProvenance] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    var provenances: [StatisticsProvenance] = []
    for name in names.sorted() where name.hasSuffix(".npz") {
      let url = directory.appendingPathComponent(name)
      guard let file = try? NpzFile(contentsOf: url),
        let note = try? file.array(StatisticsArchive.note).text(),
        let provenance = (try? JSON.parse(note))?["made_from"].flatMap(StatisticsProvenance.init),
        provenance.modelFingerprint == fingerprint, !provenances.contains(provenance)
      else { continue }
      provenances.append(provenance)
    }
    return provenances
  }
}
