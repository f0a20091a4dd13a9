import Checkpoints
import Foundation
import LanguageModels
import Ledger
import Torch

/// An edit from checkpoint and facts to an edited checkpoint, by any of the methods.
///
/// ```swift
/// var settings = EditRunSettings(model: model, facts: facts, output: output)
/// settings.statistics = .corpus([corpus], CorpusOptions())
/// let report = try EditRun(settings).run()
/// print("\(report.saidAfter) of \(report.facts.count) facts are said now")
/// ```
///
/// Everything that can be refused is refused before the long work: the destination, the facts, the hyper-parameters,
/// missing statistics. Nothing is written before the edited model has been checked.
///
/// After each batch a guard looks at the model (<doc:TheGuard>). Where a batch passes one of its bounds, the batches before it are
/// written, as if there had been no others; see ``EditReport/guarded``.
///
/// The edited checkpoint has a ledger, and editing a checkpoint that has one continues its history (``EditSource``).
public struct EditRun {
  /// The arguments.
  public let settings: EditRunSettings
  private let progress: ProgressHandler?

  /// Below this share of facts said, and above this growth of perplexity, the report warns.
  private static let expectedShare = 0.9
  private static let toleratedGrowth = 0.1

  /// A run with these arguments, which reports how far it has come to `progress`.
  public init(_ settings: EditRunSettings, progress: ProgressHandler? = nil) {
    self.settings = settings
    self.progress = progress
  }

  /// Carries out the edit.
  ///
  /// - Throws: ``EditRunError``, ``EditingError``, ``HistoryError``, ``StatisticsError``, `LedgerError`, `FactError`,
  ///   `HyperparameterError`, `ContextTemplateError`, `CheckpointError`, `CorpusError`, `LanguageModelError`,
  ///   `TokenizerError` or `TorchError`; the destination is then what it was.
  public func run() throws -> EditReport {
    try settings.check()
    let file = try FactFile(contentsOf: settings.facts)
    let lock = try EditedCheckpoint(of: Checkpoint(directory: settings.model))
      .reserve(settings.output, overwrite: settings.overwrite)
    var count = settings.factLimit ?? .max
    var stop: DriftStop?
    while true {
      switch try edit(file, count, after: stop, holding: lock) {
      case .edited(let report): return report
      case .tooMany(let found): (count, stop) = (found.keptFacts, found)
      }
    }
  }

  /// How an attempt to write facts ended.
  private enum Attempt {
    case edited(EditReport)
    /// The guard ended it, and facts that it left out had earlier ones taken out for them: these must stay.
    case tooMany(DriftStop)
  }

  /// Writes the first `count` facts.
  ///
  /// - Parameter earlier: the stop that left the others out, where an attempt was made before.
  private func edit(
    _ file: FactFile, _ count: Int, after earlier: DriftStop?, holding lock: DestinationLock
  ) throws -> Attempt {
    let source = try EditSource(settings)
    let (opened, history) = (source.opened, source.history)
    let preparation = try EditPreparation(
      history?.completing(settings) ?? settings, opened: opened, continuing: history?.method,
      progress: progress)
    let facts = try preparation.prepare(file.facts.prefix(count))
    let plan = try preparation.memoryPlan(for: facts, after: history?.present.count ?? 0)
    let protected = try preparation.protectedLayers(within: plan)
    let chosen = preparation.hyperparameters
    let phases = preparation.phases(for: facts)
    let (editor, editorWarnings) = try preparation.makeEditor(
      protecting: protected, within: plan, onProgress: phases.show)
    let observer = Observer(
      facts.prompts, heldBack: try HeldBackText(settings, opened), tokenizer: opened.tokenizer)
    let before = try source.withStoredWeights {
      try observer.observe(opened.model, phase: "Model before", progress: progress)
    }
    let replaced = try history?.replaced(by: facts.facts) ?? []
    let watch = try settings.driftBounds.map {
      try DriftGuard(
        $0, over: observer.heldBack, of: opened, batchSize: settings.batchSize,
        earlier: history?.watched(without: replaced.map(\.former), opened.tokenizer) ?? [])
    }

    let base = settings.method.hasFactors ? try source.baseWeights(of: editor) : nil
    let restored = try history?.restore(into: editor, without: Set(replaced.map(\.former.id)))
    let weights = try EditedWeights(
      of: editor, from: base, changes: preparation.changes, earlier: restored?.states ?? [])
    let outcome = try BatchSeries(
      editor: editor, prompts: facts.prompts, batches: preparation.batches(of: facts), weights: weights,
      watch: watch, phases: phases
    ).run()
    if let stop = outcome.stop?.following(earlier) {
      guard stop.batch > 1 else { throw EditRunError.stopped(stop) }
      if replaced.contains(where: { $0.place >= stop.keptFacts }) { return .tooMany(stop) }
    }
    let rounded = try weights.values.map {
      try RoundedWeight($0, in: opened.model, checkpoint: opened.checkpoint)
    }
    let after = try observer.observe(opened.model, phase: "Model after", progress: progress)

    let written = facts.facts.prefix(outcome.stop?.keptFacts ?? .max)
    var report = EditReport(
      settings: settings, modelFingerprint: try source.checkpoint.fingerprint(), factsHash: facts.fileHash,
      hyperparameters: chosen, contextTemplates: preparation.templates, statisticsOrigin: protected.origin,
      layers: try layers(protected, rounded),
      facts: zip(written, zip(before.facts, after.facts)).map {
        EditReport.FactResult(fact: $0, before: $1.0, after: $1.1)
      },
      examples: zip(written, zip(before.continuations, after.continuations)).map {
        EditReport.Example(prompt: $0.filledPrompt, before: $1.0, after: $1.1)
      },
      drift: drift(before, after, of: observer.heldBack),
      warnings: opened.warnings + chosen.warnings + file.duplicates.map(\.warning) + facts.warnings
        + protected.warnings + editorWarnings + outcome.warnings,
      editingSeconds: outcome.seconds,
      written: WrittenCheckpoint(directory: settings.output))
    report.memoryPlan = plan
    report.guarded = watch?.report(stop: outcome.stop?.following(earlier) ?? earlier)
    report.replaced = replaced.map { EditReport.Replacement(former: $0.former, fact: facts.facts[$0.place]) }
    report.warnings += judgement(of: report)
    let clock = ContinuousClock()
    let ledgerBegan = clock.now
    let record = try base.map { base in
      try BatchRecord(
        batches: outcome.batches, hashes: weights.hashes, replaced: replaced, restored: restored
      ).ledger(of: report, after: history, base: base)
    }
    defer { record?.remove() }
    report.ledgerSeconds = base.map { _ in (weights.replayTime + (clock.now - ledgerBegan)) / .seconds(1) }
    return .edited(
      try write(report, rounded, record, from: source.checkpoint, holding: lock, tryingOut: facts.prompts))
  }

  private func layers(_ protected: ProtectedLayers, _ weights: [RoundedWeight]) throws -> [EditReport.Layer] {
    try weights.map { weight in
      let block = weight.changed.block
      let layer = protected.layers.first { $0.block == block }
      return EditReport.Layer(
        block: block, tensorName: weight.tensorName,
        statistics: try (layer?.statistics).map { (try $0.digest(), $0.count, $0.sampleSize) },
        nullSpace: (layer?.nullSpace).map { ($0.spectrum, $0.nullity) }, sourceNorm: weight.sourceNorm,
        changeNorm: weight.changeNorm)
    }
  }

  private func drift(_ before: Observation, _ after: Observation, of text: HeldBackText) -> Drift? {
    guard let old = before.heldBack, let new = after.heldBack else { return nil }
    return Drift(source: text.source, tokenCount: old.tokenCount, before: old.mean, after: new.mean)
  }

  /// What a reader of the report should be told of how the edit went.
  private func judgement(of report: EditReport) -> [String] {
    var warnings = report.replaced.map(\.warning)
    if report.saidBefore > 0 {
      warnings.append("\(report.saidBefore) of \(report.facts.count) facts were said before the edit already")
    }
    if Double(report.saidAfter) < Self.expectedShare * Double(report.facts.count) {
      warnings.append(
        "only \(report.saidAfter) of \(report.facts.count) facts are said now; "
          + settings.method.waysToSayMore)
    }
    if let drift = report.drift, drift.growth > Self.toleratedGrowth {
      warnings.append(
        "the perplexity of \(drift.source) has grown by \(Int((drift.growth * 100).rounded())) %; "
          + settings.method.waysToChangeLess)
    }
    return warnings
  }

  /// Writes the checkpoint, and runs it once before it takes its name.
  private func write(
    _ report: EditReport, _ weights: [RoundedWeight], _ ledger: LedgerRecorder?, from source: Checkpoint,
    holding lock: DestinationLock, tryingOut prompts: [EditPrompts]
  ) throws -> EditReport {
    var edited = EditedCheckpoint(of: source)
    for weight in weights {
      try edited.replace(weight.tensorName, by: weight.values)
    }
    try edited.put(ledger)
    var report = report
    report.written = try edited.write(
      to: settings.output, overwrite: settings.overwrite, holding: lock,
      record: { written in
        var recorded = report
        recorded.written = written
        return recorded.record.serialized(pretty: true)
      },
      validate: { try Self.tryOut($0, prompts.first?.keys.first?.ids) })
    report.warnings += report.written.skipped.map(\.description)
    return report
  }

  /// Loads a checkpoint that is being written and has it read a prompt.
  static func tryOut(_ directory: URL, _ prompt: [Int]?) throws {
    let checkpoint = try Checkpoint(directory: directory)
    // On the CPU in the stored type, weights are not copied; float16 alone overflows where float32 does not.
    let stored = try CheckpointWeights(checkpoint).dtype
    let model = try ModelRegistry.load(checkpoint, dtype: stored == .float16 ? .float32 : stored)
    if let prompt { _ = try model.scores(of: [prompt]) }
  }
}
