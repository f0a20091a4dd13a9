import Checkpoints
import KnowledgeEditing
import Reports
import StrictJSON

/// How far each edited weight has moved from the checkpoint's.
struct WeightMeasure: Measure {
  let name = "weights"
  let dependencies: JSON = true
  let schedule: MeasuringSchedule
  private let checkpoint: Checkpoint

  /// The most stages at which weights are looked at, about.
  private static let stageCount = 100

  /// - Parameters:
  ///   - checkpoint: the unedited model.
  ///   - batchCount: how many batches there will be.
  init(_ checkpoint: Checkpoint, batchCount: Int) {
    self.checkpoint = checkpoint
    schedule = MeasuringSchedule(interval: max(1, batchCount / Self.stageCount))
  }

  func partCount(at stage: Stage) -> Int { 1 }

  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws {
    let layers = try editor.layers.compactMap { block -> JSON? in
      guard let weight = editor.weight(ofLayer: block) else { return nil }
      let stored = try checkpoint.tensor(editor.model.downProjections[block].tensorName)
      let change = try WeightChange(of: weight, from: stored)
      return [
        "block": JSON(block), "weight_norm": JSON(change.sourceNorm), "change_norm": JSON(change.changeNorm),
      ]
    }
    try keep(0, JSON(layers))
  }

  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member] {
    guard let last = results.measuredStages(of: self).last else { return [] }
    return [("layers", try results.values(of: self, part: 0, at: last))]
  }

  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {
    var series: [ChartSeries] = []
    for stage in results.measuredStages(of: self) {
      for (index, layer) in (try results.values(of: self, part: 0, at: stage).array ?? []).enumerated() {
        guard let block = layer["block"]?.int, let change = layer["change_norm"]?.double,
          let norm = layer["weight_norm"]?.double
        else { continue }
        if index == series.count { series.append(ChartSeries("layer \(block)", [])) }
        series[index].points.append(
          ChartPoint(Double(stage.edits), change / max(norm, .leastNormalMagnitude)))
      }
    }
    if !series.isEmpty { content.normGrowth.append(.normGrowth(layers: series)) }
  }
}
