import ArgumentParser
import Checkpoints
import Experiments
import Foundation
import KnowledgeEditing

/// Tells whether an edited checkpoint is fit to ship.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell whether an edited checkpoint is fit to ship.",
    discussion: """
      Looks at the files, the weights, the ledger, the facts (with teacher forcing and freely), paraphrases and neighbours, \
      perplexity, and general ability, of the edited checkpoint and of its base. Facts are those of the checkpoint's ledger, \
      records those they were read from; --facts names others, and is needed where there is no ledger.

      A check fails past its bound and warns past half of the way to it. Ends with exit code 0 where no check fails, 1 where one \
      does, and 2 where the checkpoint could not be checked.
      """)

  @Option(help: ArgumentHelp("The edited checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(help: ArgumentHelp("The unedited checkpoint.", valueName: "dir"))
  var base: FilePath

  @Option(
    help: ArgumentHelp(
      "Facts, or CounterFact records with paraphrases and neighbours (default: those the ledger names).",
      valueName: "file"))
  var facts: FilePath?

  @Option(
    help: ArgumentHelp(
      "Text on which perplexity is measured (default: text that the base writes).", valueName: "file"))
  var corpus: FilePath?

  @Option(
    help: ArgumentHelp(
      "Directory with tests of general ability, such as sst2.json (default: none are made).", valueName: "dir"
    ))
  var ability: FilePath?

  @Option(help: ArgumentHelp("Questions of each task of general ability.", valueName: "n"))
  var testsPerTask = AbilityEvaluator.publishedCount

  @OptionGroup(title: "Bounds") var bounds: CheckBoundArguments

  @OptionGroup var engine: EngineOptions

  @OptionGroup var work: WorkOptions

  @Option(help: ArgumentHelp("Write the report as a web page too.", valueName: "file"))
  var html: FilePath?

  @OptionGroup var report: ReportOptions

  /// What failed, in one line.
  struct Unfit: Error, CustomStringConvertible {
    var model: String
    var failures: [CheckResult]

    var description: String {
      "\(model): not fit to ship: \(failures.map(\.kind.title).joined(separator: ", "))"
    }
  }

  func validate() throws {
    if testsPerTask < 1 { throw ValidationError("--tests-per-task must be at least 1") }
  }

  func run() throws {
    engine.apply()
    let console = Console(report)
    let result: CheckReport
    do {
      result = try CheckpointCheck(settings, progress: console.progress).run()
      if let html {
        try AtomicFile.write(Array(result.html.utf8), to: html.url, overwrite: true)
      }
    } catch {
      console.warn([])
      StandardError.write("error: \(error)\n")
      throw ExitStatus.unchecked
    }
    console.warn(result.warnings)
    console.print(json: result.json, text: result.text)
    guard result.isFit else { throw Unfit(model: model.url.path, failures: result.failures) }
  }

  private var settings: CheckSettings {
    var settings = CheckSettings(model: model.url, base: base.url)
    settings.facts = facts?.url
    settings.corpus = corpus?.url
    settings.ability = ability?.url
    settings.testsPerTask = testsPerTask
    settings.bounds = bounds.bounds
    settings.seed = work.seed
    settings.device = engine.device
    settings.dtype = engine.dtype.dtype
    settings.memory = work.allowance
    return settings
  }
}

/// What a check tolerates.
struct CheckBoundArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("Ratio of an edited weight's norm to what it was, or its inverse.", valueName: "ratio")
  )
  var maxNormRatio = CheckBounds().normRatio

  @Option(help: ArgumentHelp("Norm of a weight's change, as a share of the weight's.", valueName: "share"))
  var maxNormGrowth = CheckBounds().normGrowth

  @Option(help: ArgumentHelp("Share of facts that are said, teacher-forced.", valueName: "share"))
  var minSaid = CheckBounds().said

  @Option(help: ArgumentHelp("Share of facts that the model says by itself.", valueName: "share"))
  var minSaidFreely = CheckBounds().saidFreely

  @Option(help: ArgumentHelp("Share of paraphrases at which the new target is likelier.", valueName: "share"))
  var minParaphrases = CheckBounds().paraphrases

  @Option(
    help: ArgumentHelp("Loss in the share of neighbours that are answered as before.", valueName: "share"))
  var maxNeighborLoss = CheckBounds().neighborLoss

  @Option(help: ArgumentHelp("Growth of perplexity, as a share.", valueName: "share"))
  var maxPerplexityGrowth = CheckBounds().perplexityGrowth

  @Option(help: ArgumentHelp("Loss of mean accuracy in tests of general ability.", valueName: "share"))
  var maxAbilityLoss = CheckBounds().abilityLoss

  func validate() throws {
    do { try bounds.check() } catch { throw ValidationError("\(error)") }
  }

  var bounds: CheckBounds {
    var bounds = CheckBounds()
    bounds.normRatio = maxNormRatio
    bounds.normGrowth = maxNormGrowth
    bounds.said = minSaid
    bounds.saidFreely = minSaidFreely
    bounds.paraphrases = minParaphrases
    bounds.neighborLoss = maxNeighborLoss
    bounds.perplexityGrowth = maxPerplexityGrowth
    bounds.abilityLoss = maxAbilityLoss
    return bounds
  }
}
