import KnowledgeEditing
import LanguageModels
import Reports
import StrictJSON

/// Whether the model says the targets when it writes by itself, beside success with teacher forcing.
struct FreeGenerationMeasure: RecordMeasure {
  let name = "continuations"
  let dependencies: JSON = true
  let schedule: MeasuringSchedule
  let chunks: RecordChunks
  let figures = RecordFigure.freeGeneration
  private let evaluators: [FreeGenerationEvaluator]
  private let facts: [Fact]
  private let memory: Int

  /// Of how many facts the report shows the text before and after.
  private static let sampleCount = 20

  /// - Parameter memory: bytes for the keys and values of prompts that are continued at once.
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  init(
    _ records: EvaluatedRecords, chunks: RecordChunks, schedule: MeasuringSchedule, opened: OpenedModel,
    memory: Int
  ) throws(EvaluationError) {
    self.schedule = schedule
    self.chunks = chunks
    self.memory = memory
    facts = records.facts
    var evaluators: [FreeGenerationEvaluator] = []
    for range in chunks.ranges {
      switch records.kind {
      case .counterFact(let records):
        evaluators.append(try FreeGenerationEvaluator(Array(records[range]), tokenizer: opened.tokenizer))
      case .zsRE(let records):
        evaluators.append(try FreeGenerationEvaluator(Array(records[range]), tokenizer: opened.tokenizer))
      }
    }
    self.evaluators = evaluators
  }

  func measure(chunk: Int, of model: any LanguageModel) throws -> [JSONObject] {
    try evaluators[chunk].measure(model, memory: memory).map { $0.json.object ?? JSONObject() }
  }

  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {
    guard let range = chunks.ranges.first else { return }
    let stages = results.measuredStages(of: self)
    let values = try stages.map { try results.values(of: self, part: 0, at: $0).array ?? [] }
    for place in range.prefix(Self.sampleCount) {
      let fact = facts[place]
      let continuations = zip(stages, values).compactMap { stage, values -> FactSample.Continuation? in
        guard values.indices.contains(place),
          let text = values[place]["rewrite_continuations"]?.array?.first?.string
        else { return nil }
        return FactSample.Continuation(
          model: stage.isFirst ? "Unedited" : "After \(stage.edits) edits", text: text,
          saysFreely: values[place]["rewrite_prompts_said"]?.array?.first?.bool)
      }
      content.facts.append(
        FactSample(
          prompt: fact.filledPrompt, target: fact.target, formerTarget: fact.targetTrue,
          origin: "case \(fact.id)", continuations: continuations))
    }
  }
}
