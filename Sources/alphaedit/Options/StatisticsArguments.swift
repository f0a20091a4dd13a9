import ArgumentParser
import Foundation
import KnowledgeEditing

/// Where the key statistics of an edit come from.
struct StatisticsArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Directory with key statistics, anywhere below it (default: those kept from earlier runs; evaluate looks in stats/ of "
        + "the data directory first).", valueName: "dir"))
  var statistics: FilePath?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Texts to take key statistics of (.txt, .jsonl, .gz of these).", valueName: "file"))
  var corpus: [FilePath] = []

  @OptionGroup var corpusArguments: CorpusArguments

  func validate() throws {
    if statistics != nil && !corpus.isEmpty {
      throw ValidationError("--statistics and --corpus exclude each other")
    }
  }

  /// The place that was named, else the cache.
  func source(_ fidelity: FidelityOptions) throws -> StatisticsSource {
    let options = try corpusArguments.options(fidelity)
    if let statistics { return .directory(statistics.url) }
    return corpus.isEmpty ? .cached : .corpus(corpus.map(\.url), options)
  }
}
