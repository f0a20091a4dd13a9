import ArgumentParser
import Checkpoints
import Foundation
import KnowledgeEditing
import StrictJSON

/// Collects key statistics, and merges those of shards.
struct StatisticsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics",
    abstract: "Collect key statistics of a model over a corpus, to be used by many edits.",
    subcommands: [Collect.self, Merge.self], defaultSubcommand: Collect.self)

  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Collect key statistics (what `alphaedit statistics` alone does).",
      discussion: """
        Writes the published .npz files and statistics.json. With --shard i/n, part i of n is written to shard-i-of-n below \
        the output; `alphaedit statistics merge` adds all of them up to what one run would have given, to the bit.
        """)

    @Option(help: ArgumentHelp("The checkpoint.", valueName: "dir"))
    var model: FilePath

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp("Texts: .txt, .jsonl, or .gz of these.", valueName: "file"))
    var corpus: [FilePath]

    @Option(help: ArgumentHelp("Where the statistics go.", valueName: "dir"))
    var output: FilePath

    @Option(
      help: ArgumentHelp(
        "Blocks, such as 4,5,6 or 4-6 (default: those that would be edited).", valueName: "blocks"))
    var layers: LayerList?

    @OptionGroup var corpusArguments: CorpusArguments

    @OptionGroup var fidelity: FidelityOptions

    @Option(help: ArgumentHelp("Work on one part of the corpus only, such as 2/8.", valueName: "i/n"))
    var shard: CorpusShard?

    @OptionGroup var engine: EngineOptions

    @Option(help: ArgumentHelp("Working memory beside the weights, such as 8GB.", valueName: "size"))
    var memory: ByteCount?

    @Flag(help: "Replace other statistics at --output.")
    var overwrite = false

    @OptionGroup var report: ReportOptions

    func run() throws {
      engine.apply()
      let console = Console(report)
      let options = try corpusArguments.options(fidelity)
      let opened = try OpenedModel(model.url, dtype: engine.dtype.dtype, device: engine.device)
      let layers = try layers?.layers ?? ChosenHyperparameters(named: nil, for: opened.model).settings.layers
      let source = try CorpusStatistics(
        checkpoint: opened.checkpoint, model: opened.model, tokenizer: opened.tokenizer,
        corpus: Corpus(files: corpus.map(\.url)),
        sampleSize: options.sampleSize ?? CorpusOptions.standardSampleSize, limit: options.tokenLimit)
      let files: [URL]
      let tokenCount: Int
      if let shard {
        let run = try source.collect(layers, shard: shard, memory: memory?.bytes, progress: console.progress)
        files = [try StatisticsShards.write(run, in: output.url, overwrite: overwrite)]
        tokenCount = run.tokenCount
      } else {
        (files, tokenCount) = try source.write(
          layers, to: output.url, overwrite: overwrite, memory: memory?.bytes, progress: console.progress)
      }
      console.warn(opened.warnings)
      console.print(
        json: StatisticsCommand.json(files, tokenCount: tokenCount),
        text: StatisticsCommand.text(
          "\(grouped(tokenCount)) tokens, blocks \(layers.map(String.init).joined(separator: ", "))",
          files))
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add up the statistics of all shards of a corpus.")

    @Option(help: ArgumentHelp("Where the statistics go.", valueName: "dir"))
    var output: FilePath

    @Argument(help: ArgumentHelp("The directories of the shards, in any order.", valueName: "shard"))
    var shards: [FilePath]

    @Flag(help: "Replace other statistics at --output.")
    var overwrite = false

    @OptionGroup var report: ReportOptions

    func run() throws {
      let console = Console(report)
      let files = try StatisticsShards.merge(
        shards.map(\.url), into: output.url, overwrite: overwrite, progress: console.progress)
      console.print(
        json: StatisticsCommand.json(files, tokenCount: nil),
        text: StatisticsCommand.text("\(shards.count) shards", files))
    }
  }

  private static func json(_ files: [URL], tokenCount: Int?) -> JSON {
    [
      "tokens": tokenCount.map { JSON($0) } ?? .null, "files": JSON(files.map { JSON($0.path) }),
    ]
  }

  private static func text(_ what: String, _ files: [URL]) -> String {
    "Key statistics (\(what)) are in\n" + files.map { "  \($0.path)\n" }.joined()
  }
}
