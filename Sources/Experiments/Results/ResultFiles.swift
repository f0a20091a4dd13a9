import KnowledgeEditing
import StrictJSON

/// The files that a finished run leaves for its readers, made of nothing but what it has kept, so that they are the same
/// however often the run was stopped.
struct ResultFiles {
  let settings: EvaluationSettings
  let records: EvaluatedRecords
  let batches: [Range<Int>]
  let measures: Measures
  let results: MeasuredValues
  /// The seconds that editing each batch took.
  let seconds: [Double]

  /// Writes a file for each record, and the files of measures of their own.
  ///
  /// - Returns: the means over records.
  func write(to directory: RunDirectory) throws -> (summary: EvaluationSummary, retention: RetentionCurve?) {
    let summary = try writeCases(to: directory)
    let retention = try retention()
    if let retention { try directory.write(retention.json, to: "retention.json") }
    for measure in measures.all { try measure.publish(results, to: directory) }
    return (summary, retention)
  }

  private func writeCases(to directory: RunDirectory) throws -> EvaluationSummary {
    let figures = measures.ofRecords.flatMap(\.figures)
    var before = FigureValues(figures)
    var after = FigureValues(figures)
    guard let chunks = measures.ofRecords.first?.chunks, let first = results.stages.first?.stage,
      let last = results.stages.last?.stage
    else { return EvaluationSummary(recordCount: 0, before: before, after: after) }
    for (chunk, places) in chunks.ranges.enumerated() {
      let old = try members(chunk, count: places.count, at: first)
      let new = try members(chunk, count: places.count, at: last)
      for (offset, place) in places.enumerated() {
        before.add(old[offset], before: old[offset])
        after.add(new[offset], before: old[offset])
        let result = caseResult(place, before: old[offset], after: new[offset])
        try directory.write(result.json, to: result.fileName)
      }
    }
    return EvaluationSummary(recordCount: records.facts.count, before: before, after: after)
  }

  /// What all measures say of each record of a chunk.
  private func members(_ chunk: Int, count: Int, at stage: Stage) throws -> [JSONObject] {
    var members = [[JSONObject.Member]](repeating: [], count: count)
    for measure in measures.ofRecords where measure.schedule.includes(stage) {
      let values = try results.values(of: measure, part: chunk, at: stage).array ?? []
      for (index, value) in values.prefix(count).enumerated() {
        members[index] += value.object?.members ?? []
      }
    }
    return members.map { JSONObject($0) }
  }

  private func caseResult(_ place: Int, before: JSONObject, after: JSONObject) -> CaseResult {
    // The published code names the last batch in every record's file.
    let own = batches.firstIndex { $0.contains(place) } ?? 0
    let batch = settings.asPublished ? batches.count - 1 : own
    return CaseResult(
      id: records.facts[place].id, requestedRewrite: records.requestedRewrites[place],
      groupedCaseIDs: records.facts[batches[batch]].map(\.id), batchSize: settings.batchSize,
      seconds: seconds[batch], before: before, after: after)
  }

  /// The means of each cohort at each stage; nil where nothing was measured between the first stage and the last.
  private func retention() throws -> RetentionCurve? {
    guard let cohortSize = settings.cohortSize, let measure = measures.ofRecords.first else { return nil }
    let figures = measure.figures
    let stages = results.measuredStages(of: measure)
    let points = try stages.map { stage -> RetentionCurve.Point in
      var cohorts: [RetentionCurve.Cohort] = []
      let count = stage.isFirst ? records.facts.count : stage.edits
      for start in stride(from: 0, to: count, by: cohortSize) {
        let places = start..<min(start + cohortSize, count)
        var values = FigureValues(figures)
        for (chunk, range) in measure.chunks.ranges.enumerated() where places.contains(range.lowerBound) {
          let first = try results.values(of: measure, part: chunk, at: stages[0]).array ?? []
          let now = try results.values(of: measure, part: chunk, at: stage).array ?? []
          for (value, before) in zip(now, first) {
            values.add(value.object ?? JSONObject(), before: before.object ?? JSONObject())
          }
        }
        cohorts.append(
          RetentionCurve.Cohort(records: places, means: figures.indices.map { values.statistic($0)?.mean }))
      }
      return RetentionCurve.Point(edits: stage.edits, cohorts: cohorts)
    }
    return RetentionCurve(figures: figures, points: points)
  }
}

/// The values of some figures over records.
struct FigureValues {
  let figures: [RecordFigure]
  private var values: [[Double]]

  init(_ figures: [RecordFigure]) {
    self.figures = figures
    values = Array(repeating: [], count: figures.count)
  }

  /// Adds a record: what was measured of it, and what had been measured of the unedited model.
  mutating func add(_ metrics: JSONObject, before: JSONObject) {
    for (index, figure) in figures.enumerated() {
      if let value = figure.value(of: metrics, before: before) { values[index].append(value) }
    }
  }

  /// Mean and deviation of the figure at a place; nil where no record has it.
  func statistic(_ index: Int) -> CounterFactSummary.Statistic? {
    CounterFactSummary.Statistic(values[index])
  }
}
