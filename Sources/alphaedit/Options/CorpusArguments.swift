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

  @Flag(
    help:
      "Do as the published code does also where that is faulty or costly, such as using all tokens the model reaches."
  )
  var asPublished = false

  func validate() throws {
    if let samples, samples < 1 { throw ValidationError("--samples must be at least 1") }
    if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1") }
    if maxTokens != nil && asPublished {
      throw ValidationError("--max-tokens and --as-published exclude each other")
    }
  }

  var tokenLimit: TokenLimit { asPublished ? .published : maxTokens.map(TokenLimit.tokens) ?? .standard }

  var options: CorpusOptions { CorpusOptions(sampleSize: samples, tokenLimit: tokenLimit) }
}
