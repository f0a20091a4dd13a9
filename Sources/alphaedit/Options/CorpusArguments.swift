import ArgumentParser
import KnowledgeEditing

/// How much of a corpus is read.
struct CorpusArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Documents of the corpus to use (default: \(grouped(CorpusOptions.standardSampleSize)), or all if fewer).",
      valueName: "n"))
  var samples: Int?

  @Option(help: ArgumentHelp("Tokens of a document to use (default: 1,024).", valueName: "n"))
  var maxTokens: Int?

  func validate() throws {
    if let samples, samples < 1 { throw ValidationError("--samples must be at least 1") }
    if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1") }
  }

  func options(_ fidelity: FidelityOptions) throws -> CorpusOptions {
    if maxTokens != nil && fidelity.asPublished {
      throw ValidationError("--max-tokens and --as-published exclude each other")
    }
    let limit = fidelity.asPublished ? .published : maxTokens.map(TokenLimit.tokens) ?? .standard
    return CorpusOptions(sampleSize: samples, tokenLimit: limit)
  }
}
