import Foundation
import KnowledgeEditing
import LanguageModels

/// The published experiment: edits a data set in batches, one after the other into the same weights, and measures the
/// model before the first and after the last of them.
///
/// ```swift
/// var settings = EvaluationSettings(model: checkpoint)
/// settings.dataSet = try DataSet(named: "counterfact.json")
/// settings.batchSize = 100
/// let report = try EvaluationRun(settings).run()
/// ```
///
/// The checkpoint is not changed. A run writes `params.json`, a file for each record (see ``CaseResult``) and
/// `summary.json` into a directory of its own. All that can be refused is refused before the first edit.
public struct EvaluationRun {
  /// The arguments.
  public let settings: EvaluationSettings
  private let progress: ProgressHandler?

  /// A run with these arguments, which reports how far it has come to `progress`.
  public init(_ settings: EvaluationSettings, progress: ProgressHandler? = nil) {
    self.settings = settings
    self.progress = progress
  }

  /// Carries out the evaluation.
  ///
  /// - Throws: ``EvaluationError``; `FactError`, `EditRunError`, `EditingError`, `StatisticsError`,
  ///   `HyperparameterError`, `ContextTemplateError`, `CheckpointError`, `CorpusError`, `LanguageModelError`,
  ///   `TokenizerError` or `TorchError`.
  public func run() throws -> EvaluationReport {
    try settings.check()
    let records = try FactFile.records(settings.recordFile, limit: settings.recordLimit)
    try checkNames(of: records)
    let opened = try OpenedModel(settings.model, dtype: settings.dtype, device: settings.device)
    let evaluator = try CounterFactEvaluator(records, tokenizer: opened.tokenizer)
    let preparation = try EditPreparation(settings.editing, opened: opened, progress: progress)
    let facts = try preparation.prepare(records.map(\.fact))
    let protected = try preparation.protectedLayers()
    let before = try evaluator.measure(opened.model, phase: "Model before", progress: progress)

    let directory = try RunDirectory(below: settings.results, method: settings.method.rawValue)
    try directory.write(preparation.hyperparameters.settings.json, to: "params.json")
    var batches: [(records: Range<Int>, seconds: Double)] = []
    let ranges = preparation.batches(of: facts)
    let phases = BatchPhases(batchCount: ranges.count, handler: progress)
    let editor = try preparation.makeEditor(protecting: protected, onProgress: phases.show)
    let clock = ContinuousClock()
    for (index, range) in ranges.enumerated() {
      phases.batch = index
      let start = clock.now
      _ = try editor.edit(Array(facts.prompts[range]))
      batches.append((range, start.duration(to: clock.now) / .seconds(1)))
    }
    try editor.finish()
    let after = try evaluator.measure(opened.model, phase: "Model after", progress: progress)

    let cases = batches.flatMap { batch in
      batch.records.map { index in
        CaseResult(
          record: records[index], groupedCaseIDs: records[batch.records].map(\.fact.id),
          batchSize: settings.batchSize, seconds: batch.seconds, before: before[index], after: after[index])
      }
    }
    let report = EvaluationReport(
      settings: settings, hyperparameters: preparation.hyperparameters, statisticsOrigin: protected.origin,
      directory: directory, cases: cases, editingSeconds: batches.reduce(0) { $0 + $1.seconds },
      warnings: opened.warnings + preparation.hyperparameters.warnings + facts.warnings + protected.warnings)
    for result in cases { try directory.write(result.json, to: result.fileName) }
    try directory.write(report.json, to: "summary.json")
    return report
  }

  /// Result files are named by their records, so these must have names of their own.
  private func checkNames(of records: [CounterFactRecord]) throws(EvaluationError) {
    var names: Set<String> = []
    for record in records
    where !names.insert(CaseResult.fileName(record.fact.id, settings.batchSize)).inserted {
      throw .repeatedCase(id: record.fact.id, file: settings.recordFile.path)
    }
  }
}
