import ArgumentParser
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON

/// Has a model continue prompts.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Have a model continue prompts.")

  @Option(help: ArgumentHelp("The checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(help: ArgumentHelp("A text to continue; may be given several times.", valueName: "text"))
  var prompt: [String]

  @Option(help: ArgumentHelp("Most tokens to write behind a prompt.", valueName: "n"))
  var maxTokens = 64

  @Option(help: ArgumentHelp("0 takes the most likely token always.", valueName: "number"))
  var temperature: Double?

  @Option(help: ArgumentHelp("Draw among this many of the most likely tokens.", valueName: "n"))
  var topK: Int?

  @Option(
    help: ArgumentHelp("Draw among the most likely tokens that reach this probability.", valueName: "p"))
  var topP: Double?

  @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Continuations of each prompt.", valueName: "n"))
  var count = 1

  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if prompt.isEmpty { throw ValidationError("give at least one --prompt") }
    if maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1") }
    if count < 1 { throw ValidationError("--count must be at least 1") }
  }

  /// Greedy unless something about drawing is asked for.
  private var sampling: Sampling {
    let draws = topK != nil || topP != nil || count > 1
    return Sampling(temperature: temperature ?? (draws ? 1 : 0), topK: topK, topP: topP, seed: seed)
  }

  func run() throws {
    engine.apply()
    let console = Console(report)
    let opened = try OpenedModel(model.url, dtype: engine.dtype.dtype, device: engine.device)
    let prompts = prompt.flatMap { Array(repeating: $0, count: count) }
    let ids = try prompts.map { try opened.tokenizer.encode($0).ids }
    let stops = Set([opened.tokenizer.eosID].compactMap { $0 })
    let generations = try opened.model.generate(
      ids, GenerationOptions(limit: .newTokens(maxTokens), sampling: sampling, stopTokens: stops))
    let texts = try zip(ids, generations).map { try opened.tokenizer.continuation($1.ids, of: $0) }
    console.warn(opened.warnings)
    console.print(
      json: [
        "generations": JSON(
          zip(prompts, zip(texts, generations)).map { prompt, result in
            [
              "prompt": JSON(prompt), "text": JSON(result.0), "ids": JSON(result.1.ids.map { JSON($0) }),
              "ended": JSON(result.1.endsWithStopToken),
            ]
          })
      ], text: zip(prompts, texts).map { $0 + $1 + "\n" }.joined(separator: "\n"))
  }
}
