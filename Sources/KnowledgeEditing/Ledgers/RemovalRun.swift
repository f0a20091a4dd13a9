import Checkpoints
import Foundation
import Ledger
import StrictJSON
import Torch

/// Takes facts out of an edited checkpoint, wherever in its history they were written.
///
/// Their batches and those after them are solved again from the recorded keys and residuals, without seeking target values and
/// without the corpus; the key statistics' null space, which says what may not change, comes from the cache.
///
/// ```swift
/// let report = try RemovalRun(model: edited, facts: [3, 17]).run()
/// print("\(report.lost.count) of \(report.others.count) other facts are not said any more")
/// ```
public struct RemovalRun {
  /// The edited checkpoint.
  public var model: URL
  /// The facts' numbers in the ledger.
  public var facts: [Int]
  /// Where the result goes; into the checkpoint's place where nil.
  public var output: URL?
  /// Whether a checkpoint at ``output`` may be replaced.
  public var overwrite = false
  /// Where the unedited checkpoint is now; where the ledger says, if nil.
  public var base: URL?
  /// Where key statistics come from; from where they came for the edit where that is still there, else from the cache.
  public var statistics = StatisticsSource.cached
  /// Where to compute.
  public var device = Device.cpu
  /// Where statistics and null spaces are kept.
  public var cache = CacheDirectory.standard()
  /// Reports how far it has come.
  public var progress: ProgressHandler?

  /// A fact and what the model made of it.
  public struct FactResult: Sendable {
    /// The fact.
    public var fact: LedgerFact
    /// In the checkpoint as it was.
    public var before: FactMeasure
    /// With the facts taken out.
    public var after: FactMeasure

    /// Whether the order of target and former target is what it was before the fact was written; of a fact without a former
    /// target, whether it is said as it was then.
    public var isAsUnedited: Bool {
      guard let former = after.former, let formerThen = fact.before.former else {
        return after.isSaid == fact.before.isSaid
      }
      return (after.target.meanLogProbability > former.meanLogProbability)
        == (fact.before.target > formerThen)
    }
  }

  /// What was done, and how the others fare.
  public struct Report: Sendable {
    /// The facts that were taken out.
    public var removed: [FactResult]
    /// All others in effect.
    public var others: [FactResult]
    /// Everything odd.
    public var warnings: [String]
    /// What was written.
    public var written: WrittenCheckpoint

    /// The others that were said and are not any more.
    public var lost: [FactResult] { others.filter { $0.before.isSaid && !$0.after.isSaid } }
  }

  /// Takes facts out of a checkpoint.
  public init(model: URL, facts: [Int]) {
    self.model = model
    self.facts = facts
  }

  /// Does it.
  ///
  /// - Throws: `LedgerError`, ``HistoryError``, ``EditRunError``, ``StatisticsError``, `CheckpointError` and what opening a model
  ///   throws; the destination is then what it was.
  public func run() throws -> Report {
    let place = try HistoryOutput(model, output: output, overwrite: overwrite)
    let history = try EditHistory(required: place.checkpoint.directory)
    let taken = Set(facts)
    let missing = taken.subtracting(history.present.map(\.id)).sorted()
    guard missing.isEmpty, !taken.isEmpty else { throw HistoryError.notInEffect(facts: missing) }
    let settings = history.completing(try runSettings(history))
    let source = try EditSource(settings)
    let opened = source.opened
    let preparation = try EditPreparation(
      settings, opened: opened, continuing: history.method, progress: progress)
    let protected = try preparation.protectedLayers()
    try history.check(protected, of: opened)
    let (editor, warnings) = try preparation.makeEditor(protecting: protected)
    let probe = FactProbe(
      try history.prompts(of: history.present, opened.tokenizer), tokenizer: opened.tokenizer)
    let before = try source.withStoredWeights {
      try probe.measure(opened.model, phase: "Model before", progress: progress)
    }

    let base = try source.baseWeights(of: editor)
    let restored = try history.restore(into: editor, without: taken)
    let replay = try WeightReplay(of: base, changes: history.method.changes)
    for state in restored.states { try replay.add(state.deltas) }
    let values = try replay.stored()
    for (tensor, values) in values {
      _ = try RoundedWeight(
        ChangedTensor(block: tensor.block, part: .weight, value: values), in: opened.model,
        checkpoint: opened.checkpoint)
    }
    let after = try probe.measure(opened.model, phase: "Model after", progress: progress)

    let recorder = try LedgerRecorder(continuing: history.ledger)
    defer { recorder.remove() }
    // The method and its settings are those of the run before: a removal has none of its own.
    let record = try history.lastRecord()
    let step = try recorder.ledger.appendStep(
      .removal, run: recorder.beginRun(record), weights: WeightReplay.hashes(of: values))
    try recorder.ledger.takeOut(facts: taken.sorted(), changes: restored.recorded, step: step)
    try recorder.keep(base, ifReplacedAt: output ?? model)
    try recorder.ledger.finish()
    let written = try place.write(
      values, recorder,
      operation: [("operation", "remove"), ("facts_removed", JSON(taken.sorted().map { JSON($0) }))])
    let results = zip(history.present, zip(before, after)).map {
      FactResult(fact: $0, before: $1.0, after: $1.1)
    }
    return Report(
      removed: results.filter { taken.contains($0.fact.id) },
      others: results.filter { !taken.contains($0.fact.id) },
      warnings: opened.warnings + protected.warnings + warnings + written.skipped.map(\.description),
      written: written)
  }

  private func runSettings(_ history: EditHistory) throws -> EditRunSettings {
    var settings = EditRunSettings(model: model, facts: history.ledger.url, output: output ?? model)
    settings.method = history.method.method
    settings.asPublished = history.method.asPublished
    settings.base = base
    settings.statistics = statistics
    settings.dtype = DType(rawValue: try history.ledger.base().computeType) ?? .float32
    settings.device = device
    settings.cache = cache
    return settings
  }
}

extension EditHistory {
  /// Throws ``HistoryError/statisticsDiffer(layer:)`` unless these are the statistics that the facts were written with.
  fileprivate func check(_ protected: ProtectedLayers, of opened: OpenedModel) throws {
    for layer in protected.layers {
      let linear = opened.model.downProjections[layer.block]
      guard let recorded = method.statistics[linear.tensorName] else { continue }
      guard try layer.statistics.digest().hex == recorded else {
        throw HistoryError.statisticsDiffer(layer: linear.name)
      }
    }
  }

  /// What the last run recorded.
  fileprivate func lastRecord() throws -> JSON {
    try JSON.parse(ledger.runs().last?.record ?? "{}")
  }
}
