import ArgumentParser
import Foundation
import KnowledgeEditing

/// Writes facts into a checkpoint.
struct EditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Write facts into a checkpoint.",
    discussion: """
      Facts are JSON or JSON lines: {"subject", "prompt", "target"} with {} (or the subject once) in the prompt, the flat \
      request {"prompt", "subject", "target_new": {"str"}}, or CounterFact records. Key statistics say what must not \
      change: give a corpus once (they are kept), or a directory of published .npz files.

      The edited checkpoint has the files of its source, byte for byte but for the edited tensors, alphaedit.json, and \
      ledger.sqlite: its history, which goes on when it is edited again. Hyper-parameters and context templates are then those \
      of the edits before where no others are given, and a fact that asks what an earlier one asks replaces that.

      After each batch a guard looks at held-back text, the weights' norms and earlier facts. Where a batch passes a bound, the \
      edit ends with exit code 3 and the checkpoint holds the batches before it; where the first batch does, with exit code 1, \
      and nothing is written.
      """)

  @Option(help: ArgumentHelp("The checkpoint to edit.", valueName: "dir"))
  var model: FilePath

  @Option(help: ArgumentHelp("The facts to write.", valueName: "file"))
  var facts: FilePath

  @Option(help: ArgumentHelp("Where the edited checkpoint goes.", valueName: "dir"))
  var output: FilePath

  @Option(help: ArgumentHelp("The method, by its published name.", valueName: "name"))
  var method = EditingMethod.alphaEdit

  @Option(
    help: ArgumentHelp(
      "Hyper-parameters in the published layout, or one of \(Hyperparameters.builtInNames().joined(separator: ", ")) "
        + "(default: derived from the model).", valueName: "file"))
  var hparams: String?

  @Option(help: ArgumentHelp("Facts to solve for together.", valueName: "n"))
  var batchSize = 100

  @OptionGroup var statistics: StatisticsArguments

  @OptionGroup var fidelity: FidelityOptions

  @Option(
    help: ArgumentHelp(
      "Context templates, a JSON list of lists (default: the model writes them).", valueName: "file"))
  var contextTemplates: FilePath?

  @OptionGroup(title: "Instead of what the hyper-parameters say") var overrides: HyperparameterArguments

  @Option(
    help: ArgumentHelp(
      "Text on which drift is measured (default: the end of the corpus, else what the model writes).",
      valueName: "file"))
  var heldBack: FilePath?

  @OptionGroup(title: "The guard") var drift: GuardArguments

  @OptionGroup var engine: EngineOptions

  @OptionGroup var work: WorkOptions

  @Flag(help: "Replace the checkpoint at --output; it may be the one at --model.")
  var overwrite = false

  @OptionGroup(title: "Editing an edited checkpoint") var history: HistoryArguments

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if batchSize < 1 { throw ValidationError("--batch-size must be at least 1") }
  }

  func run() throws {
    engine.apply()
    let console = Console(report)
    let result = try EditRun(settings(), progress: console.progress).run()
    console.warn(result.warnings)
    console.print(json: result.json, text: result.text)
    if let stop = result.guarded?.stop {
      StandardError.write("error: \(stop)\n")
      throw ExitStatus.stopped
    }
  }

  private func settings() throws -> EditRunSettings {
    var settings = EditRunSettings(model: model.url, facts: facts.url, output: output.url)
    settings.method = method
    settings.asPublished = fidelity.asPublished
    settings.overwrite = overwrite
    settings.base = history.base.base?.url
    settings.startsNewLedger = history.newLedger
    settings.hyperparameters = hparams
    settings.overrides = overrides.overrides
    settings.batchSize = batchSize
    settings.statistics = try statistics.source(fidelity)
    settings.contextTemplates = contextTemplates?.url
    settings.seed = work.seed
    settings.heldBackText = heldBack?.url
    settings.driftBounds = drift.bounds
    settings.device = engine.device
    settings.dtype = engine.dtype.dtype
    settings.memory = work.allowance
    return settings
  }
}

/// How the history of an edited checkpoint goes on.
struct HistoryArguments: ParsableArguments {
  @OptionGroup var base: BaseArguments

  @Flag(help: "Begin a new history: the weights as they are become the base.")
  var newLedger = false
}
