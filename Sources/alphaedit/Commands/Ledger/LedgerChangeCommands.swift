import ArgumentParser
import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON
import Torch

/// Where the unedited checkpoint is.
struct BaseArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the unedited checkpoint is now (default: where it was when the ledger began).", valueName: "dir")
  )
  var base: FilePath?
}

/// Where a checkpoint goes whose history was changed.
struct HistoryOutputArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Where the result goes (default: in the place of --model).", valueName: "dir"))
  var output: FilePath?

  @Flag(help: "Replace the checkpoint at --output.")
  var overwrite = false
}

/// Takes back the last steps.
struct LedgerUndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back the last batches: weights are then, byte for byte, what they were before.")

  @Option(help: ArgumentHelp("How many steps to take back: batches of facts, or removals.", valueName: "n"))
  var batches = 1

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var output: HistoryOutputArguments
  @OptionGroup var base: BaseArguments
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if batches < 1 { throw ValidationError("--batches must be at least 1") }
  }

  func run() throws {
    var undo = UndoRun(model: arguments.model.url)
    undo.output = output.output?.url
    undo.overwrite = output.overwrite
    undo.steps = batches
    undo.base = base.base?.url
    let result = try undo.run()
    Console(report).print(json: result.json, text: result.text)
  }
}

/// Takes facts out.
struct LedgerRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Take facts out of the weights, wherever in the history they were written.",
    discussion: """
      Their batches and all later ones are solved again from recorded keys and residuals; nothing is optimised, and no corpus \
      is read. The null spaces are taken from the cache, or made again from --statistics.
      """)

  @Argument(help: ArgumentHelp("The facts' numbers, as `ledger log` shows them.", valueName: "fact-id"))
  var facts: [Int]

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var output: HistoryOutputArguments
  @OptionGroup var base: BaseArguments

  @Option(
    help: ArgumentHelp(
      "Directory with the key statistics that the facts were written with.", valueName: "dir"))
  var statistics: FilePath?

  @Option(help: ArgumentHelp("Where to compute: cpu, cuda, cuda:1 or mps.", valueName: "device"))
  var device = Device.cpu

  @OptionGroup var report: ReportOptions

  func run() throws {
    let console = Console(report)
    var removal = RemovalRun(model: arguments.model.url, facts: facts)
    removal.output = output.output?.url
    removal.overwrite = output.overwrite
    removal.base = base.base?.url
    if let statistics { removal.statistics = .directory(statistics.url) }
    removal.device = device
    removal.progress = console.progress
    let result = try removal.run()
    console.warn(result.warnings)
    console.print(json: result.json, text: result.text)
  }
}
