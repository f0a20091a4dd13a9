import ArgumentParser
import Experiments
import Foundation
import KnowledgeEditing

/// The published experiment.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract:
      "Edit a data set in batches and measure the model before and after, as the published experiment does.",
    discussion: """
      Takes the published flags, in their own spelling and with hyphens. Records have the CounterFact layout. The checkpoint \
      is not changed; results go to RESULTS/METHOD/run_NNN.
      """)

  @Option(
    name: [.customLong("alg_name"), .customLong("alg-name")],
    help: ArgumentHelp("The method.", valueName: "name"))
  var method = "AlphaEdit"

  @Option(
    name: [.customLong("model_name"), .customLong("model-name"), .customLong("model")],
    help: ArgumentHelp("The checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(
    name: [.customLong("hparams_fname"), .customLong("hparams-fname"), .customLong("hparams")],
    help: ArgumentHelp(
      "Hyper-parameters: a file, one in hparams/METHOD, or built-in ones (default: derived from the model).",
      valueName: "file"))
  var hparams: String?

  @Option(
    name: [.customLong("ds_name"), .customLong("ds-name")],
    help: ArgumentHelp("The records: mcf, cf, or a file.", valueName: "name"))
  var dataSet = "mcf"

  @Option(
    name: [.customLong("data_dir"), .customLong("data-dir")],
    help: ArgumentHelp("Where data sets with a name are.", valueName: "dir"))
  var dataDirectory: FilePath?

  @Option(
    name: [.customLong("dataset_size_limit"), .customLong("dataset-size-limit")],
    help: ArgumentHelp("Records to take from the beginning (default: all).", valueName: "n"))
  var recordLimit: Int?

  @Option(
    name: [.customLong("num_edits"), .customLong("num-edits")],
    help: ArgumentHelp("Facts to solve for together.", valueName: "n"))
  var batchSize = 1

  @Option(help: ArgumentHelp("Directory with key statistics, anywhere below it.", valueName: "dir"))
  var statistics: FilePath?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Texts to take key statistics of (.txt, .jsonl, .gz of these).", valueName: "file"))
  var corpus: [FilePath] = []

  @OptionGroup var corpusArguments: CorpusArguments

  @Option(
    help: ArgumentHelp(
      "Context templates, a JSON list of lists (default: the model writes them).", valueName: "file"))
  var contextTemplates: FilePath?

  @Option(help: ArgumentHelp("Where results go (default: results).", valueName: "dir"))
  var results: FilePath?

  @OptionGroup var engine: EngineOptions

  @Option(help: ArgumentHelp("Seed of the texts that the model writes.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Working memory beside the weights, such as 8GB.", valueName: "size"))
  var memory = ByteCount(bytes: 2_000_000_000)

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard Hyperparameters.Method(rawValue: method) != nil else {
      let known = Hyperparameters.Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--alg_name is “\(method)”; known: \(known)")
    }
    if statistics != nil && !corpus.isEmpty {
      throw ValidationError("--statistics and --corpus exclude each other")
    }
  }

  func run() throws {
    engine.apply()
    let console = Console(report)
    let result = try EvaluationRun(settings(), progress: console.progress).run()
    console.warn(result.warnings)
    console.print(json: result.json, text: Self.text(result))
  }

  private func settings() throws -> EvaluationSettings {
    var settings = EvaluationSettings(model: model.url)
    if let known = Hyperparameters.Method(rawValue: method) { settings.method = known }
    settings.hyperparameters = hparams
    settings.dataSet = try DataSet(named: dataSet)
    if let dataDirectory { settings.dataDirectory = dataDirectory.url }
    settings.recordLimit = recordLimit
    settings.batchSize = batchSize
    if let statistics {
      settings.statistics = .directory(statistics.url)
    } else if !corpus.isEmpty {
      settings.statistics = .corpus(corpus.map(\.url), corpusArguments.options)
    }
    settings.contextTemplates = contextTemplates?.url
    settings.seed = seed
    if let results { settings.results = results.url }
    settings.device = engine.device
    settings.dtype = engine.dtype.dtype
    settings.memory = memory.bytes
    return settings
  }

  private static func text(_ report: EvaluationReport) -> String {
    let (facts, size) = (report.cases.count, report.settings.batchSize)
    return """
      \(report.settings.method.rawValue) on \(report.settings.model.lastPathComponent): \(grouped(facts)) records, \
      \(size) at a time, edited in \(duration(report.editingSeconds))
        hyper-parameters   \(report.hyperparameters.origin)
        key statistics     \(report.statisticsOrigin)

      \(table(report.table, textColumns: 3))
      The results of each record are in \(report.directory.url.path)

      """
  }
}
