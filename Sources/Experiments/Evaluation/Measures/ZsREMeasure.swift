import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization

/// The published metrics of zsRE records, token by token, with the tokens by which the edited model is compared with the
/// unedited one.
struct ZsREMeasure: RecordMeasure {
  let name = "tokens"
  let dependencies: JSON = true
  let schedule: MeasuringSchedule
  let chunks: RecordChunks
  let figures = RecordFigure.zsRE
  private let evaluators: [ZsREEvaluator]

  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  init(
    _ records: [ZsRERecord], chunks: RecordChunks, schedule: MeasuringSchedule, tokenizer: Tokenizer,
    asPublished: Bool
  ) throws(EvaluationError) {
    self.schedule = schedule
    self.chunks = chunks
    var evaluators: [ZsREEvaluator] = []
    for range in chunks.ranges {
      evaluators.append(
        try ZsREEvaluator(Array(records[range]), tokenizer: tokenizer, asPublished: asPublished))
    }
    self.evaluators = evaluators
  }

  func measure(chunk: Int, of model: any LanguageModel) throws -> [JSONObject] {
    try evaluators[chunk].measure(model).map { metrics in
      var members = metrics.json.object ?? JSONObject()
      members[RecordFigure.localityTokens] = JSON(metrics.neighborhoodTokens.map { JSON($0) })
      return members
    }
  }
}
