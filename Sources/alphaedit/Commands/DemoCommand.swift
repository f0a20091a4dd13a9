import ArgumentParser
import Foundation
import KnowledgeEditing
import StrictJSON

/// Edits the bundled model.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Edit the bundled model before your eyes.",
    discussion: """
      The model is a small Llama that knows a made-up world of people and places. Two hundred of its facts are changed, in \
      batches of fifty, and the edited checkpoint is written.
      """)

  @Option(
    help: ArgumentHelp(
      "Where the edited checkpoint goes (default: a folder for temporary files).", valueName: "dir"))
  var output: FilePath?

  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  private static let factCount = 200
  private static let batchSize = 50

  func run() throws {
    engine.apply()
    let console = Console(report)
    let folder = try Resources.folder("demo")
    var settings = EditRunSettings(
      model: folder.appendingPathComponent("model"), facts: folder.appendingPathComponent("facts.json"),
      output: output?.url ?? FileManager.default.temporaryDirectory.appendingPathComponent("alphaedit-demo"))
    settings.overwrite = true
    settings.hyperparameters = folder.appendingPathComponent("hparams.json").path
    settings.contextTemplates = folder.appendingPathComponent("context-templates.json")
    settings.heldBackText = folder.appendingPathComponent("held-back.txt")
    settings.statistics = .directory(folder)
    settings.factLimit = Self.factCount
    settings.batchSize = Self.batchSize
    settings.device = engine.device
    settings.dtype = engine.dtype.dtype
    console.note("Editing \(Self.factCount) facts of the bundled model, \(Self.batchSize) at a time …")
    let result = try EditRun(settings, progress: console.progress).run()
    console.warn(result.warnings)
    console.print(json: result.json, text: result.text)
  }
}
