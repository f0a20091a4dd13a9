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

    @Option(
      help: ArgumentHelp(
        "Stop when twice as much text protects this share of the same directions, such as 0.99.",
        valueName: "share"))
    var until: Double?

    @Option(
      help: ArgumentHelp(
        "The share of the keys' spectrum whose directions --until looks at (default: what an edit protects).",
        valueName: "share"))
    var preserve: Double?

    @OptionGroup var engine: EngineOptions

    @Option(help: ArgumentHelp("Working memory beside the weights, such as 8GB.", valueName: "size"))
    var memory: ByteCount?

    @Flag(help: "Replace other statistics at --output.")
    var overwrite = false

    @OptionGroup var report: ReportOptions

    func validate() throws {
      for (name, share) in [("--until", until), ("--preserve", preserve)] {
        if let share, !(share > 0 && share <= 1) {
          throw ValidationError("\(name) must be above 0 and at most 1")
        }
      }
      if until != nil, shard != nil {
        throw ValidationError("--until needs the text in order, so it cannot be used with --shard")
      }
      if preserve != nil, until == nil { throw ValidationError("--preserve goes with --until") }
    }

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
      console.warn(opened.warnings)
      if let shard {
        let run = try source.collect(layers, shard: shard, memory: memory?.bytes, progress: console.progress)
        let file = try StatisticsShards.write(run, in: output.url, overwrite: overwrite)
        console.print(
          json: StatisticsCommand.json([file], tokenCount: run.tokenCount),
          text: StatisticsCommand.text(summary(run.tokenCount, layers), [file]))
        return
      }
      let written = try source.write(
        layers, to: output.url, overwrite: overwrite, until: convergence(opened), memory: memory?.bytes,
        progress: console.progress)
      console.print(
        json: written.json,
        text: StatisticsCommand.text(summary(written.tokenCount, layers), written.files) + written.text)
    }

    private func summary(_ tokenCount: Int, _ layers: [Int]) -> String {
      "\(grouped(tokenCount)) tokens, blocks \(layers.map(String.init).joined(separator: ", "))"
    }

    /// What to wait for; the directions are those that an edit would protect.
    private func convergence(_ opened: OpenedModel) throws -> SubspaceConvergence? {
      guard let until else { return nil }
      var overrides = HyperparameterOverrides()
      overrides.nullSpace = preserve.map(NullSpaceRule.share)
      let chosen = try ChosenHyperparameters(named: nil, for: opened.model, overrides: overrides)
      return chosen.settings.located.map { SubspaceConvergence(goal: until, rule: $0.nullSpace) }
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

extension CorpusStatistics.Written {
  /// What was done, as one object.
  fileprivate var json: JSON {
    [
      "tokens": JSON(tokenCount), "files": JSON(files.map { JSON($0.path) }),
      "throughput": throughput.map {
        [
          "tokens_per_second": JSON($0.tokensPerSecond), "flops_per_token": JSON($0.flopsPerToken),
          "matrix_flops_per_second": JSON($0.matrixRate),
          "share_of_matrix_rate": JSON($0.shareOfMatrixRate),
        ]
      } ?? .null,
      "convergence": convergence.map { found in
        [
          "goal": JSON(found.goal), "reached": JSON(found.isReached), "rule": JSON(found.rule.description),
          "checks": JSON(
            found.checks.map { check -> JSON in
              [
                "documents": JSON(check.documents), "tokens": JSON(check.tokens), "share": JSON(check.share),
              ]
            }),
        ]
      } ?? .null,
    ]
  }

  /// How fast it went, and whether the text suffices.
  fileprivate var text: String {
    var text = ""
    if let throughput {
      let used = throughput.tokensPerSecond * throughput.flopsPerToken
      text +=
        "\(grouped(Int(throughput.tokensPerSecond))) tokens/s: \(decimal(used / 1e9, 1)) of the "
        + "\(decimal(throughput.matrixRate / 1e9, 1)) GFLOP/s of this machine's matrix products\n"
    }
    if let convergence {
      let rows = convergence.checks.map { [grouped($0.documents), grouped($0.tokens), percent($0.share)] }
      text += "Directions protected (\(convergence.rule)) that half of the text protected already:\n"
      text += table([["documents", "tokens", "share"]] + rows)
      text +=
        convergence.isReached
        ? "Enough: more text turns them by less than was asked for\n"
        : "Not enough: the text ended before \(percent(convergence.goal)) was reached; give more of it\n"
    }
    return text
  }
}
