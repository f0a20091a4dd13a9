import KnowledgeEditing
import StrictJSON

/// Everything that a run measures, as its settings say.
struct Measures {
  /// Measures of each record, in the order of their members in result files; a retention curve shows the first.
  let ofRecords: [any RecordMeasure]
  /// Measures of the model as a whole.
  let ofModel: [any Measure]

  /// All of them.
  var all: [any Measure] { ofRecords + ofModel }

  /// Prepares all that can be refused before anything is edited.
  ///
  /// - Throws: ``EvaluationError``; ``AbilityError``.
  init(_ settings: EvaluationSettings, _ records: EvaluatedRecords, opened: OpenedModel) throws {
    let chunks = RecordChunks(
      count: records.facts.count, cohort: settings.cohortSize ?? records.facts.count)
    let schedule = MeasuringSchedule(interval: settings.evaluationInterval)
    var ofRecords: [any RecordMeasure]
    var texts: TextMeasure?
    switch records.kind {
    case .counterFact(let records):
      ofRecords = [
        try CounterFactMeasure(records, chunks: chunks, schedule: schedule, tokenizer: opened.tokenizer)
      ]
      if !settings.skipsGeneration {
        texts = try TextMeasure(records, chunks: chunks, settings: settings, opened: opened)
      }
    case .zsRE(let records):
      ofRecords = [
        try ZsREMeasure(
          records, chunks: chunks, schedule: schedule, tokenizer: opened.tokenizer,
          asPublished: settings.asPublished)
      ]
    }
    if !settings.skipsGeneration {
      ofRecords.append(
        try FreeGenerationMeasure(
          records, chunks: chunks, schedule: MeasuringSchedule(), opened: opened,
          memory: settings.memory.bytes))
    }
    if let texts { ofRecords.append(texts) }
    self.ofRecords = ofRecords

    let batchCount = (records.facts.count - 1) / settings.batchSize + 1
    var ofModel: [any Measure] = [
      WeightMeasure(opened.checkpoint, batchCount: batchCount),
      try PerplexityMeasure(settings, schedule: schedule, opened: opened),
    ]
    if let states = try HiddenStateMeasure(settings, opened: opened) { ofModel.append(states) }
    if let interval = settings.abilityInterval {
      ofModel.append(
        try AbilityMeasure(
          settings, every: interval, records: records, model: opened.model, tokenizer: opened.tokenizer))
    }
    self.ofModel = ofModel
  }

  /// What all values depend on beside the model.
  var dependencies: JSON { .object(JSONObject(all.map { (JSONString($0.name), $0.dependencies) })) }
}
