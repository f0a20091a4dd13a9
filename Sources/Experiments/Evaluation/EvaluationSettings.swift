import Foundation
import KnowledgeEditing
import Torch

/// The arguments of an ``EvaluationRun``, with the published flags they stand for.
public struct EvaluationSettings {
  /// How to edit (`--alg_name`).
  public var method = EditingMethod.alphaEdit
  /// The checkpoint's directory (`--model_name`).
  public var model: URL
  /// A file of hyper-parameters, the name of one in `hparams/METHOD`, or of built-in ones (`--hparams_fname`); nil to
  /// derive them from the model.
  public var hyperparameters: String?
  /// The records (`--ds_name`).
  public var dataSet = DataSet.multiCounterFact
  /// Where files with published names are: data sets, `stats/` with key statistics, and what measures need.
  public var dataDirectory = URL(fileURLWithPath: "data")
  /// How many records to take from the beginning of the file (`--dataset_size_limit`); all where nil.
  public var recordLimit: Int?
  /// How many facts are solved for together (`--num_edits`).
  public var batchSize = 1
  /// After every how many batches all facts written so far are measured again; nil for after the last one only.
  public var evaluationInterval: Int?
  /// Whether no text is generated (`--skip_generation_tests`): neither for fluency and consistency nor to see whether the
  /// targets are said.
  public var skipsGeneration = false
  /// Fluency and consistency are measured of records whose number is a multiple of this (`--generation_test_interval`); of none
  /// where it is 0.
  public var generationInterval = 1
  /// Text whose perplexity is measured; nil for the end of the corpus, or what the unedited model writes.
  public var heldBackText: URL?
  /// After every how many batches general ability is tested, and before the first (`--downstream_eval_steps`); nil for
  /// never.
  public var abilityInterval: Int?
  /// How many questions of each task of general ability are asked.
  public var testsPerTask = AbilityEvaluator.publishedCount
  /// Whether faults of the published code that change its numbers are kept.
  public var asPublished = false
  /// What to change in the hyper-parameters.
  public var overrides = HyperparameterOverrides()
  /// Where key statistics come from; where that is the cache, published ones in the data directory's `stats` come first.
  public var statistics = StatisticsSource.cached
  /// A file of context templates; nil to have the model write them.
  public var contextTemplates: URL?
  /// What the texts that the model writes depend on.
  public var seed: UInt64 = 0
  /// Where results go, in `METHOD/run_NNN`.
  public var results = URL(fileURLWithPath: "results")
  /// The name of an earlier run to go on with, such as `run_003` (`--continue_from_run`); nil for a new one.
  public var continuedRun: String?
  /// How far the model may drift before the run is ended; nil to go on whatever happens, as published.
  public var driftBounds: DriftBounds?
  /// Where to compute.
  public var device = Device.cpu
  /// The type to compute in.
  public var dtype = DType.float32
  /// Working memory beside the weights.
  public var memory = MemoryAllowance.automatic
  /// Where statistics and null spaces are kept.
  public var cache = CacheDirectory.standard()

  /// The published defaults, for a checkpoint.
  public init(model: URL) { self.model = model }

  /// The file of records.
  public var recordFile: URL { dataSet.url(in: dataDirectory) }

  /// - Throws: ``EvaluationError/invalidSetting(_:)``.
  func check() throws(EvaluationError) {
    guard batchSize >= 1 else {
      throw .invalidSetting("num_edits is \(batchSize); it must be at least 1")
    }
    if let recordLimit, recordLimit < 1 {
      throw .invalidSetting("dataset_size_limit is \(recordLimit); it must be at least 1")
    }
    if let evaluationInterval, evaluationInterval < 1 {
      throw .invalidSetting("evaluate-every is \(evaluationInterval); it must be at least 1")
    }
    // What is left of a division by −1 is 0, so that the published runner then generates for every record.
    guard generationInterval >= 0 || generationInterval == -1 && asPublished else {
      throw .invalidSetting(
        "generation_test_interval is \(generationInterval); it must be at least 1, or 0 for no texts. To generate "
          + "nothing at all, use --skip_generation_tests")
    }
    if let abilityInterval, abilityInterval < 1 {
      throw .invalidSetting(
        "downstream_eval_steps is \(abilityInterval); it must be 0, for no tests, or more")
    }
    if dataSet == .counterFact, batchSize > 1 {
      throw .invalidSetting(
        "cf holds records that contradict each other, so it is edited a record at a time: num_edits must be 1; "
          + "use mcf for batches")
    }
  }

  /// ``hyperparameters`` as a path or a built-in name: a published name is first looked for in `hparams/METHOD`.
  var hyperparameterSource: String? {
    guard let name = hyperparameters, !FileManager.default.fileExists(atPath: name) else {
      return hyperparameters
    }
    let published = "hparams/\(method.hyperparameterFolder)/\(name)"
    if FileManager.default.fileExists(atPath: published) { return published }
    return name.hasSuffix(".json") ? String(name.dropLast(".json".count)) : name
  }

  /// How many facts are written between two measurements; nil where there are none between.
  var cohortSize: Int? {
    evaluationInterval.map { $0.multipliedReportingOverflow(by: batchSize) }
      .map { $0.overflow ? .max : $0.partialValue }
  }

  /// ``statistics``, with the published files' directory where there is one.
  private var statisticsSource: StatisticsSource {
    let published = dataDirectory.appendingPathComponent("stats", isDirectory: true)
    var isDirectory: ObjCBool = false
    guard statistics == .cached,
      FileManager.default.fileExists(atPath: published.path, isDirectory: &isDirectory), isDirectory.boolValue
    else { return statistics }
    return .directoryElseCached(published)
  }

  /// What an edit of the same model needs to know.
  var editing: EditRunSettings {
    var editing = EditRunSettings(model: model, facts: recordFile, output: results)
    editing.method = method
    editing.asPublished = asPublished
    editing.hyperparameters = hyperparameterSource
    editing.batchSize = batchSize
    editing.statistics = statisticsSource
    editing.overrides = overrides
    editing.heldBackText = heldBackText
    editing.contextTemplates = contextTemplates
    editing.seed = seed
    editing.device = device
    editing.dtype = dtype
    editing.memory = memory
    editing.cache = cache
    return editing
  }
}
