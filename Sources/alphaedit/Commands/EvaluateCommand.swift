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
      Takes the published flags, in their own spelling and with hyphens. The checkpoint is not changed; results go to \
      RESULTS/METHOD/run_NNN. A run that was stopped goes on with --continue_from_run run_NNN and the same arguments, \
      and ends with the same files.

      The data directory has the published file names (multi_counterfact.json, counterfact.json, zsre_mend_eval.json, \
      attribute_snippets.json, idf.npy, tfidf_vocab.json, known_1000.json), ability/*.json and, where published statistics \
      are at hand, stats/. What a run does not need may be missing.
      """)

  @Option(
    name: .published("alg_name"),
    help: ArgumentHelp("The method: \(EditingMethod.names).", valueName: "name"))
  var method = "AlphaEdit"

  @Option(
    name: .published("model_name", also: "model"), help: ArgumentHelp("The checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(
    name: .published("hparams_fname", also: "hparams"),
    help: ArgumentHelp(
      "Hyper-parameters: a file, the name of one in hparams/METHOD, or built-in ones (default: derived from the model).",
      valueName: "file"))
  var hparams: String?

  @Option(
    name: .published("ds_name"),
    help: ArgumentHelp("The records: mcf, cf, zsre, or a file.", valueName: "name"))
  var dataSet = "mcf"

  @Option(
    name: .published("data_dir"),
    help: ArgumentHelp("Where the published files are (default: data).", valueName: "dir"))
  var dataDirectory: FilePath?

  @Option(
    name: .published("continue_from_run"),
    help: ArgumentHelp("Go on with an earlier run, such as run_003.", valueName: "run"))
  var continuedRun: String?

  @Option(
    name: .published("dataset_size_limit"),
    help: ArgumentHelp("Records to take from the beginning of the file (default: all).", valueName: "n"))
  var recordLimit: Int?

  @Option(
    name: .published("num_edits"), help: ArgumentHelp("Facts to solve for together.", valueName: "n"))
  var batchSize = 1

  @Option(
    name: .published("evaluate_every"),
    help: ArgumentHelp(
      "Measure all facts written so far after every n batches too, for a retention curve (default: after the last only).",
      valueName: "n"))
  var evaluationInterval: Int?

  @Flag(
    name: .published("skip_generation_tests"),
    help: "Generate no text: neither for fluency and consistency nor to see whether the targets are said.")
  var skipsGeneration = false

  @Option(
    name: .published("generation_test_interval"),
    help: ArgumentHelp(
      "Measure fluency and consistency of records whose case_id is a multiple of this; 0 measures neither.",
      valueName: "n"))
  var generationInterval = 1

  @Option(
    help: ArgumentHelp(
      "Text whose perplexity is measured (default: the end of the corpus, else what the model writes).",
      valueName: "file"))
  var heldBack: FilePath?

  @Option(
    name: .published("downstream_eval_steps"),
    help: ArgumentHelp(
      "Test general ability before the first batch, after every n and after the last; 0 for never.",
      valueName: "n"))
  var abilityInterval = 0

  @Option(
    name: .published("tests_per_task"),
    help: ArgumentHelp("Questions of each task of general ability.", valueName: "n"))
  var testsPerTask = AbilityEvaluator.publishedCount

  @Flag(
    name: .published("conserve_memory"),
    help: "Accepted as published; no second copy of the weights is ever kept, so there is none to move away.")
  var conserveMemory = false

  @Flag(
    name: .published("use_cache"),
    help:
      "Accepted as published; target values depend on all edits before, so what is kept is each finished batch."
  )
  var useCache = false

  @OptionGroup var statistics: StatisticsArguments

  @OptionGroup var fidelity: FidelityOptions

  @Option(
    help: ArgumentHelp(
      "Context templates, a JSON list of lists (default: the model writes them).", valueName: "file"))
  var contextTemplates: FilePath?

  @OptionGroup(title: "Instead of what the hyper-parameters say") var overrides: HyperparameterArguments

  @Option(
    name: .published("results_dir", also: "results"),
    help: ArgumentHelp("Where results go (default: results).", valueName: "dir"))
  var results: FilePath?

  @OptionGroup(title: "The guard, which is off unless it is given a bound") var drift: GuardArguments

  @OptionGroup var engine: EngineOptions

  @OptionGroup var work: WorkOptions

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if method == "MEND" {
      throw ValidationError(
        "--alg_name MEND needs a network that was trained to edit this very model, which this program neither has nor "
          + "trains; the published runner cannot finish with it either")
    }
    guard EditingMethod(argument: method) != nil else {
      throw ValidationError("--alg_name is “\(method)”; known: \(EditingMethod.names)")
    }
  }

  func run() throws {
    engine.apply()
    let console = Console(report)
    let run = EvaluationRun(try settings(), progress: console.progress) { directory in
      console.note(
        "Results go to \(directory.path). If the run is stopped, the same command with --continue_from_run "
          + "\(directory.lastPathComponent) goes on with it.")
    }
    let result: EvaluationReport
    do { result = try run.run() } catch let error as EvaluationError {
      guard case .stopped = error else { throw error }
      console.warn([])
      StandardError.write("error: \(error)\n")
      throw ExitStatus.stopped
    }
    console.warn(result.warnings)
    console.print(json: result.json, text: result.text)
  }

  private func settings() throws -> EvaluationSettings {
    var settings = EvaluationSettings(model: model.url)
    if let known = EditingMethod(argument: method) { settings.method = known }
    settings.hyperparameters = hparams
    settings.overrides = overrides.overrides
    settings.dataSet = try DataSet(named: dataSet)
    if let dataDirectory { settings.dataDirectory = dataDirectory.url }
    settings.recordLimit = recordLimit
    settings.batchSize = batchSize
    settings.evaluationInterval = evaluationInterval
    settings.skipsGeneration = skipsGeneration
    settings.generationInterval = generationInterval
    settings.heldBackText = heldBack?.url
    if abilityInterval != 0 { settings.abilityInterval = abilityInterval }
    settings.testsPerTask = testsPerTask
    settings.asPublished = fidelity.asPublished
    settings.statistics = try statistics.source(fidelity)
    settings.contextTemplates = contextTemplates?.url
    settings.seed = work.seed
    settings.driftBounds = drift.boundsIfNamed
    if let results { settings.results = results.url }
    settings.continuedRun = continuedRun
    settings.device = engine.device
    settings.dtype = engine.dtype.dtype
    settings.memory = work.allowance
    return settings
  }
}

extension NameSpecification {
  /// A flag in its published spelling with underscores, the same with hyphens, and names of our own.
  static func published(_ name: String, also others: String...) -> NameSpecification {
    let spellings = [name, name.replacingOccurrences(of: "_", with: "-")] + others
    return NameSpecification(spellings.map { .customLong($0) })
  }
}
