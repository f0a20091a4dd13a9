/// Writes the batches of a run, one after the other, into the model in memory, as far as the guard lets it.
struct BatchSeries {
  /// How a series went.
  struct Outcome {
    /// What each batch did that is kept.
    var batches: [EditedBatch] = []
    /// The seconds that editing took.
    var seconds = 0.0
    /// What was odd about it.
    var warnings: [String] {
      guard let least = batches.compactMap(\.factsAfterHalving).min() else { return [] }
      return [
        "memory ran out while target values were sought; the search went on with \(least) facts at a time"
      ]
    }
    /// The batch at which the guard ended the series, which is not kept; nil where all batches are.
    var stop: DriftStop?
  }

  let editor: any FactEditor
  /// The facts, in order.
  let prompts: [EditPrompts]
  /// Their places, batch by batch.
  let batches: [Range<Int>]
  /// What the batches make of the base's weights.
  let weights: EditedWeights
  /// What watches them; nil where nothing does.
  let watch: DriftGuard?
  /// Shows the batches.
  let phases: BatchPhases

  /// Writes them all, or those before the one that passes a bound; ``weights`` are those of the batches that are kept.
  func run() throws -> Outcome {
    var outcome = Outcome()
    for (index, places) in batches.enumerated() {
      phases.batch = index
      guard let breach = try write(places, into: &outcome) else { continue }
      outcome.stop = DriftStop(
        batch: index + 1, batchCount: batches.count, breach: breach, keptFacts: places.lowerBound,
        omittedFacts: prompts.count - places.lowerBound)
      return outcome
    }
    try editor.finish()
    return outcome
  }

  /// Writes a batch, and takes it back where it passes a bound.
  private func write(_ places: Range<Int>, into outcome: inout Outcome) throws -> DriftBreach? {
    let clock = ContinuousClock()
    let start = clock.now
    let batch: EditedBatch
    do { batch = try editor.edit(Array(prompts[places])) } catch EditingError.notFinite(let what)
      where watch != nil
    {
      return .notFinite(what: what)
    }
    outcome.seconds += start.duration(to: clock.now) / .seconds(1)
    try weights.add(batch)
    if let breach = try watch?.breach(
      after: prompts[places], factCount: places.upperBound, weights: weights.values)
    {
      try weights.removeLast(leaving: outcome.batches)
      return breach
    }
    outcome.batches.append(batch)
    return nil
  }
}
