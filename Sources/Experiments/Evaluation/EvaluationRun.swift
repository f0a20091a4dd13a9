import Checkpoints
import Foundation
import KnowledgeEditing
import StrictJSON
import Torch

/// The published experiment: edits a data set in batches, one after the other into the same weights, and measures the
/// model before the first and after the last of them, and between them where that is asked for.
///
/// ```swift
/// var settings = EvaluationSettings(model: checkpoint)
/// settings.dataSet = try DataSet(named: "counterfact.json")
/// settings.batchSize = 100
/// let report = try EvaluationRun(settings).run()
/// ```
///
/// The checkpoint is not changed. A run has a directory of its own (see ``RunDirectory``) with the published files,
/// `params.json` and a file for each record (see ``CaseResult``), and with `run.json`, `summary.json`, `report.html`
/// and what it needs to be continued. All that can be refused is refused before the directory is made. A run that was
/// stopped at any moment is continued by ``EvaluationSettings/continuedRun``, and ends with the same files.
public struct EvaluationRun {
  /// The arguments.
  public let settings: EvaluationSettings
  private let progress: ProgressHandler?
  private let onStart: (URL) -> Void

  private static let templatesFile = "context-templates.json"

  /// A run with these arguments.
  ///
  /// - Parameters:
  ///   - progress: is told how far the run has come.
  ///   - onStart: is told the run's directory before anything is measured.
  public init(
    _ settings: EvaluationSettings, progress: ProgressHandler? = nil,
    onStart: @escaping (URL) -> Void = { _ in }
  ) {
    self.settings = settings
    self.progress = progress
    self.onStart = onStart
  }

  /// Carries out the evaluation, or the rest of it.
  ///
  /// - Throws: ``EvaluationError``; `FactError`, `EditRunError`, `EditingError`, `StatisticsError`,
  ///   `HyperparameterError`, `ContextTemplateError`, `CheckpointError`, `CorpusError`, `LanguageModelError`,
  ///   `TokenizerError` or `TorchError`. What was finished is kept, and the run can be continued.
  public func run() throws -> EvaluationReport {
    try settings.check()
    let continued = try settings.continuedRun.map(openEarlier)
    let records = try EvaluatedRecords(settings)
    let opened = try OpenedModel(settings.model, dtype: settings.dtype, device: settings.device)
    let preparation = try EditPreparation(
      editing(continued?.directory), opened: opened, progress: progress)
    let measures = try Measures(settings, records, opened: opened)
    let facts = try preparation.prepare(records.facts)
    var record = RunRecord(
      dependencies: try dependencies(opened, preparation, records, measures),
      places: JSONObject([
        ("model", JSON(settings.model.path)), ("records", JSON(settings.recordFile.path)),
        ("hyperparameters", JSON(preparation.hyperparameters.origin)),
      ]))
    if let continued { try check(continued, record.dependencies) }

    let plan = try preparation.memoryPlan(for: facts)
    let protected = try preparation.protectedLayers(within: plan)
    let digests = try protected.layers.map { JSON(try $0.statistics.digest().hex) }
    record.dependencies["statistics"] = JSON(digests)
    record.places["statistics"] = JSON(protected.origin)
    if let continued { try check(continued, record.dependencies) }

    let directory =
      try continued?.directory ?? RunDirectory(below: settings.results, method: settings.method.rawValue)
    onStart(directory.url)
    record = continued?.record ?? record
    // First, since a directory without it is taken for a run only where it holds nothing at all.
    try directory.write(record.json, to: RunRecord.fileName)
    try directory.write(preparation.hyperparameters.settings.json, to: "params.json")
    try directory.write(preparation.templates.json, to: Self.templatesFile)

    let batches = preparation.batches(of: facts)
    let phases = BatchPhases(batchCount: batches.count, handler: progress)
    let store = MeasurementStore(directory: directory)
    let (editor, editorWarnings) = try preparation.makeEditor(
      protecting: protected, within: plan, onProgress: phases.show)
    let watch = try settings.driftBounds.map {
      try DriftGuard(
        $0, over: HeldBackText(settings.editing, opened), of: opened, batchSize: settings.batchSize,
        earlier: [])
    }
    let series = EditSeries(
      editor: editor,
      prompts: facts.prompts, batches: batches, measures: measures.all, store: store,
      archive: BatchArchive(in: directory.url), start: record.digest, watch: watch, phases: phases,
      progress: progress)
    let outcome = try series.run()
    let results = MeasuredValues(stages: outcome.stages, store: store)
    let files = ResultFiles(
      settings: settings, records: records, batches: batches, measures: measures, results: results,
      seconds: outcome.seconds)
    let (summary, retention) = try files.write(to: directory)
    let report = EvaluationReport(
      settings: settings, hyperparameters: preparation.hyperparameters,
      statisticsOrigin: record.places["statistics"]?.string ?? protected.origin, directory: directory.url,
      summary: summary, retention: retention, findings: try measures.all.flatMap { try $0.summary(results) },
      editingSeconds: outcome.seconds.reduce(0, +), restoredBatchCount: outcome.restoredCount,
      warnings: opened.warnings + preparation.hyperparameters.warnings + facts.warnings + protected.warnings
        + editorWarnings + outcome.warnings)
    try directory.write(report.record, to: "summary.json")
    var content = report.content(protected)
    for measure in measures.all { try measure.describe(results, in: &content) }
    try directory.write(Array(content.html().utf8), to: "report.html")
    return report
  }

  /// An earlier run that is to be gone on with; no record where it was stopped before it had one.
  private typealias EarlierRun = (directory: RunDirectory, record: RunRecord?)

  private func openEarlier(_ name: String) throws -> EarlierRun {
    let directory = try RunDirectory(
      continuing: name, below: settings.results, method: settings.method.rawValue)
    let record = directory.read(RunRecord.fileName).flatMap { RunRecord(json: $0) }
    guard record != nil || directory.isEmpty else {
      throw EvaluationError.notContinuable(
        directory: directory.url.path,
        reason:
          "it has no usable \(RunRecord.fileName), so it was made by another program or an earlier version")
    }
    return (directory, record)
  }

  private func check(_ run: EarlierRun, _ asked: JSONObject) throws(EvaluationError) {
    guard let difference = run.record?.difference(from: asked) else { return }
    throw .anotherRun(directory: run.directory.url.path, difference: difference)
  }

  /// What an edit needs to know; an earlier run's own contexts are used again, since not every device writes the same
  /// twice.
  private func editing(_ earlier: RunDirectory?) -> EditRunSettings {
    var editing = settings.editing
    let templates = earlier?.url.appendingPathComponent(Self.templatesFile)
    if editing.contextTemplates == nil, let templates,
      FileManager.default.fileExists(atPath: templates.path)
    {
      editing.contextTemplates = templates
    }
    return editing
  }

  private func dependencies(
    _ opened: OpenedModel, _ preparation: EditPreparation, _ records: EvaluatedRecords, _ measures: Measures
  ) throws -> JSONObject {
    JSONObject([
      ("alphaedit", JSON(Version.current)), ("libtorch", JSON(Engine.version)),
      ("method", JSON(settings.method.rawValue)), ("model", JSON(try opened.checkpoint.fingerprint().hex)),
      ("device", JSON(settings.device.description)), ("dtype", JSON(settings.dtype.rawValue)),
      ("records", ["sha256": JSON(records.fileHash.hex), "count": JSON(records.facts.count)]),
      ("num_edits", JSON(settings.batchSize)), ("seed", JSON("\(settings.seed)")),
      ("as_published", JSON(settings.asPublished)),
      ("evaluate_every", settings.evaluationInterval.map { JSON($0) } ?? .null),
      ("hyperparameters", preparation.hyperparameters.settings.json),
      ("context_templates", preparation.templates.json), ("measures", measures.dependencies),
    ])
  }
}
