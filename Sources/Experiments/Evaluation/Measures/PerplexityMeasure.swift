import Checkpoints
import KnowledgeEditing
import Reports
import StrictJSON

/// The perplexity of text that was not edited: the settings' held-back file, else the end of the corpus, else what the
/// unedited model writes.
struct PerplexityMeasure: Measure {
  let name = "perplexity"
  let dependencies: JSON
  let schedule: MeasuringSchedule
  private let text: HeldBackText

  /// - Throws: `EditRunError`, `CorpusError` or `TokenizerError`.
  init(_ settings: EvaluationSettings, schedule: MeasuringSchedule, opened: OpenedModel) throws {
    text = try HeldBackText(settings.editing, opened)
    self.schedule = schedule
    let ids = JSON(text.sequences.map { JSON($0.map { JSON($0) }) })
    dependencies = ["text": JSON(text.source), "sha256": JSON(ContentHash(of: ids.serialized()).hex)]
  }

  func partCount(at stage: Stage) -> Int { 1 }

  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws {
    let likelihood = try text.measure(editor.model)
    try keep(
      0,
      [
        "tokens": JSON(likelihood?.tokenCount ?? 0),
        "mean_log_probability": likelihood.map { JSON($0.mean) } ?? .null,
        "perplexity": likelihood.map { JSON($0.perplexity) } ?? .null,
      ])
  }

  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member] {
    let stages = try results.measuredStages(of: self).map { stage -> JSON in
      let values = try results.values(of: self, part: 0, at: stage).object?.members ?? []
      return .object(JSONObject([("edits", JSON(stage.edits))] + values))
    }
    return [("perplexity", ["text": JSON(text.source), "curve": JSON(stages)])]
  }

  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {
    let points = try results.measuredStages(of: self).compactMap { stage in
      try results.values(of: self, part: 0, at: stage)["perplexity"]?.double.map {
        ChartPoint(Double(stage.edits), $0)
      }
    }
    if !points.isEmpty { content.perplexity.append(.perplexity(points)) }
  }
}
