import LanguageModels
import Testing
import Torch

@testable import KnowledgeEditing

/// Edits beside those of the published implementation, recorded with the same contexts, statistics and settings.
struct GoldenEditTests {
  @Test func `a tiny Llama is edited as recorded`() throws {
    try compareWithRecorded(RecordedEdits(Fixtures.llamaTiny))
  }

  @Test(
    .enabled(if: Fixtures.isShared("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `the other recorded models are edited as recorded`(name: String) throws {
    try compareWithRecorded(RecordedEdits(Fixtures.shared.appendingPathComponent("golden/edits/\(name)")))
  }

  private func compareWithRecorded(_ recorded: RecordedEdits) throws {
    let layers = recorded.settings.layers
    let session = try EditingSession(
      model: recorded.model, settings: recorded.settings, templates: recorded.templates,
      preservations: recorded.preservations())
    var sums: [Int: Tensor] = [:]
    for (number, batch) in recorded.batches.enumerated() {
      let edited = try session.edit(batch)
      #expect(edited.deltas.map(\.block) == layers)
      if number == 0 {
        for layer in layers {
          let keys = try #require(edited.keys[layer])
          #expect(
            try relativeDifference(keys, recorded.tensor("batch0.keys.\(layer)")) < 1e-5, "layer \(layer)")
        }
        for (index, target) in edited.targets.enumerated() {
          #expect(
            try relativeDifference(target.value, recorded.tensor("z.\(index)")) < 1e-4, "record \(index)")
        }
        let ours = try joined(edited.deltas.map { try $0.matrix() })
        let theirs = try joined(layers.map { try recorded.delta(batch: 0, layer: $0) })
        #expect(try relativeDifference(ours, theirs) < 5e-4)
      }
      for delta in edited.deltas {
        let matrix = try delta.matrix()
        sums[delta.block] = try sums[delta.block].map { try $0 + matrix } ?? matrix
      }
    }
    let ours = try joined(layers.map { try #require(sums[$0]) })
    let theirs = try joined(
      layers.map { layer in
        let deltas = try recorded.batches.indices.map { try recorded.delta(batch: $0, layer: layer) }
        return try Tensor.stack(deltas, 0).sum(0)
      })
    #expect(try relativeDifference(ours, theirs) < 1e-2)
  }

  /// The norm of this is the norm of all layers' weights together.
  private func joined(_ weights: [Tensor]) throws -> Tensor {
    try Tensor.concatenate(weights.map { try $0.reshape(-1) }, 0)
  }

  @Test func `recorded keys and targets give a tiny Llama's recorded updates`() throws {
    try solveRecorded(RecordedEdits(Fixtures.llamaTiny))
  }

  @Test(
    .enabled(if: Fixtures.isShared("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `recorded keys and targets give the other models' recorded updates`(name: String) throws {
    try solveRecorded(RecordedEdits(Fixtures.shared.appendingPathComponent("golden/edits/\(name)")))
  }

  /// Solves for the first batch from what was recorded of it alone. The residuals follow from the recorded targets and
  /// from states computed plainly, a prompt at a time, with the recorded updates of the layers before.
  private func solveRecorded(_ recorded: RecordedEdits) throws {
    let layers = recorded.settings.layers
    let preservations = try recorded.preservations(.float64)
    for (index, layer) in layers.enumerated() {
      let states = try Tensor.stack(
        recorded.batches[0].map {
          try state(of: $0, in: recorded.model, block: recorded.settings.targetLayer)
        }, 0)
      let residuals = try (recorded.targets(batch: 0) - states) / Double(layers.count - index)
      var solver = RecursiveSolver(preservation: try #require(preservations[layer]), precision: .float64)
      let delta = try solver.solve(
        block: layer, keys: recorded.tensor("batch0.keys.\(layer)").transposed(),
        residuals: residuals.transposed())
      let expected = try recorded.delta(batch: 0, layer: layer)
      #expect(try relativeDifference(delta.matrix(), expected) < 1e-4, "layer \(layer)")
      let linear = recorded.model.downProjections[layer]
      let change = linear.storage == .outIn ? expected : try expected.transposed()
      try linear.replaceWeight(linear.weight + change)
    }
  }

  /// The output [d] of a block at the subject's token of the bare prompt.
  private func state(of prompts: EditPrompts, in model: any LanguageModel, block: Int) throws -> Tensor {
    let row = try #require(prompts.keys.first)
    let tokens = try PackedTokens([row.ids])
    let pass = try ForwardPass(tokens, of: model)
    let output = try model.run(0..<block + 1, model.embed(tokens.ids, positions: pass.positions), pass)
    return try output.select(0, row.subjectIndex)
  }
}
