import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization

/// The published metrics of CounterFact records that need no generated text: probabilities of both targets, and what is
/// said.
struct CounterFactMeasure: RecordMeasure {
  let name = "probabilities"
  let dependencies: JSON = true
  let schedule: MeasuringSchedule
  let chunks: RecordChunks
  let figures = RecordFigure.counterFact
  private let evaluators: [CounterFactEvaluator]

  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  init(
    _ records: [CounterFactRecord], chunks: RecordChunks, schedule: MeasuringSchedule, tokenizer: Tokenizer
  ) throws(EvaluationError) {
    self.schedule = schedule
    self.chunks = chunks
    var evaluators: [CounterFactEvaluator] = []
    for range in chunks.ranges {
      evaluators.append(try CounterFactEvaluator(Array(records[range]), tokenizer: tokenizer))
    }
    self.evaluators = evaluators
  }

  func measure(chunk: Int, of model: any LanguageModel) throws -> [JSONObject] {
    try evaluators[chunk].measure(model).map { $0.json.object ?? JSONObject() }
  }
}
