import Checkpoints
import KnowledgeEditing

/// The batches of a run, written one after the other into the same weights, with what is measured between them.
///
/// Nothing is left out when a run is continued: each batch that was finished is put back from its file, each measurement
/// that was finished is read, and whatever is missing is made at its own place in the series. So a run that was stopped
/// gives what it would have given otherwise.
struct EditSeries {
  /// How a series went.
  struct Outcome {
    /// The stages, with the digest of the weights at each.
    var stages: [(stage: Stage, state: ContentHash)] = []
    /// The seconds that editing each batch took, when it was edited.
    var seconds: [Double] = []
    /// How many of the batches were put back from their files.
    var restoredCount = 0
    /// Files that could not be used.
    var warnings: [String] = []
  }

  let editor: any FactEditor
  /// The facts, in order.
  let prompts: [EditPrompts]
  /// Their places, batch by batch.
  let batches: [Range<Int>]
  let measures: [any Measure]
  let store: MeasurementStore
  let archive: BatchArchive
  /// The hash of all that the run depends on.
  let start: ContentHash
  /// What ends the series where a batch passes a bound; nil where nothing does.
  let watch: DriftGuard?
  let phases: BatchPhases
  let progress: ProgressHandler?

  /// Carries the series out, or the rest of it.
  ///
  /// - Throws: ``EvaluationError/stopped(directory:batch:batchCount:breach:)``; nothing is kept of that batch.
  func run() throws -> Outcome {
    var outcome = Outcome()
    var state = start
    for stage in Stage.all(of: batches) {
      if !stage.isFirst {
        let batch = try write(stage.batches, after: state, &outcome)
        state = batch.digest
        outcome.seconds.append(batch.seconds)
        if stage.isLast { try editor.finish() }
      }
      outcome.stages.append((stage, state))
      try measure(at: stage, state: state)
    }
    return outcome
  }

  /// Puts a batch, counted from 1, into the weights: from its file, else by editing.
  private func write(
    _ number: Int, after state: ContentHash, _ outcome: inout Outcome
  ) throws -> BatchArchive.Batch {
    switch archive.entry(number, after: state, on: editor.model.device) {
    case .found(let batch):
      try editor.restore(batch.state)
      outcome.restoredCount += 1
      return batch
    case .unusable(let file, let reason):
      outcome.warnings.append("\(file): \(reason); the batch is edited again")
    case .missing: break
    }
    phases.batch = number - 1
    let clock = ContinuousClock()
    let start = clock.now
    let edited = try editor.edit(Array(prompts[batches[number - 1]]))
    let seconds = start.duration(to: clock.now) / .seconds(1)
    let places = batches[number - 1]
    if let breach = try watch?.breach(
      after: prompts[places], factCount: places.upperBound, weights: editor.changedTensors)
    {
      throw EvaluationError.stopped(
        directory: archive.directory.deletingLastPathComponent().path, batch: number,
        batchCount: batches.count, breach: breach)
    }
    return try archive.keep(edited.state, seconds: seconds, number: number, after: state)
  }

  private func measure(at stage: Stage, state: ContentHash) throws {
    for measure in measures where measure.schedule.includes(stage) {
      let missing = (0..<measure.partCount(at: stage)).filter {
        store.values(of: measure.name, part: $0, at: stage, state: state) == nil
      }
      guard !missing.isEmpty else { continue }
      try measure.measure(missing, at: stage, of: editor, progress: progress) { part, values in
        try store.keep(values, of: measure.name, part: part, at: stage, state: state)
      }
    }
  }
}
