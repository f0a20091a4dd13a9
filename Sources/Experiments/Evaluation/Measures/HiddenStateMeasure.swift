import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import Reports
import StrictJSON
import Torch

/// The drift of hidden states at the last edited layer, on the known facts of the data directory.
struct HiddenStateMeasure: Measure {
  let name = "hidden_states"
  let dependencies: JSON
  let schedule = MeasuringSchedule()
  private let states: KnownFactStates

  /// Prepares to look at the facts of the published file; nil where the data directory does not have it.
  ///
  /// - Throws: `FactError`; ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  init?(_ settings: EvaluationSettings, opened: OpenedModel) throws {
    let file = settings.dataDirectory.appendingPathComponent(KnownFact.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    states = try KnownFactStates(try KnownFact.read(file), tokenizer: opened.tokenizer)
    dependencies = JSON(try ContentHash(ofFile: file).hex)
  }

  func partCount(at stage: Stage) -> Int { 1 }

  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws {
    guard let layer = editor.layers.last else { return }
    let states = try states.measure(
      editor.model, layer: layer, phase: "\(stage.title): hidden states", progress: progress)
    let bytes = try states.withBytes { Data($0) }
    try keep(
      0,
      [
        "layer": JSON(layer), "shape": JSON(states.shape.map { JSON($0) }),
        "float32": JSON(bytes.base64EncodedString()),
      ])
  }

  private func drift(_ results: MeasuredValues) throws -> (layer: Int, drift: HiddenStateDrift)? {
    let stages = results.measuredStages(of: self)
    guard let first = stages.first, let last = stages.last else { return nil }
    func states(_ stage: Stage) throws -> (layer: Int, states: Tensor)? {
      let values = try results.values(of: self, part: 0, at: stage)
      guard let layer = values["layer"]?.int, let shape = values["shape"]?.array?.compactMap(\.int),
        let bytes = values["float32"]?.string.flatMap({ Data(base64Encoded: $0) })
      else { return nil }
      return (layer, try bytes.withUnsafeBytes { try Tensor.copying($0, shape: shape, dtype: .float32) })
    }
    guard let before = try states(first), let after = try states(last) else { return nil }
    return (after.layer, try HiddenStateDrift(before: before.states, after: after.states))
  }

  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member] {
    guard let (layer, drift) = try drift(results) else { return [] }
    let figures = drift.json.object?.members ?? []
    return [("hidden_states", .object(JSONObject([("layer", JSON(layer))] + figures)))]
  }

  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {
    guard let (layer, drift) = try drift(results) else { return }
    let caption = String(
      format: "%d known facts: mean cosine %.4f, energy distance %.4f", drift.count, drift.meanCosine,
      drift.energyDistance)
    content.drift.append(
      .drift(
        layer: layer, before: drift.before.map { ChartPoint($0.x, $0.y) },
        after: drift.after.map { ChartPoint($0.x, $0.y) }, caption: caption))
  }
}
