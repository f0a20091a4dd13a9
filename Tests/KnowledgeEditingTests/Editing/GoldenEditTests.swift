import LanguageModels
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

/// Edits beside those of the published implementation, recorded with the same contexts, statistics and settings.
struct GoldenEditTests {
  @Test(arguments: [EditingMethod.alphaEdit, .memitSequential, .nse])
  func `a tiny Llama is edited as recorded`(method: EditingMethod) throws {
    try compareWithRecorded(RecordedEdits(Package.llamaTiny, method: method))
  }

  @Test(
    .enabled(if: SharedFolder.has("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny", "llama-tiny"],
    [EditingMethod.alphaEdit, .memit, .memitSequential, .nse])
  func `the recorded models are edited as recorded`(name: String, method: EditingMethod) throws {
    try compareWithRecorded(
      RecordedEdits(SharedFolder.file("golden/edits/\(name)"), method: method))
  }

  private func compareWithRecorded(_ recorded: RecordedEdits) throws {
    let layers = recorded.settings.layers
    let session = try recorded.session()
    func weights() throws -> Tensor {
      try joined(
        layers.map { layer in
          let weight = try #require(session.weight(ofLayer: layer)).to(.float64)
          let linear = recorded.model.downProjections[layer]
          return linear.storage == .outIn ? weight : try weight.transposed()
        })
    }
    let original = try weights()
    for (number, batch) in recorded.batches.enumerated() {
      let edited = try session.edit(batch)
      #expect(Set(edited.deltas.map(\.block)) == Set(layers))
      guard number == 0 else { continue }
      for layer in layers where !recorded.recipe.selectsNeurons {
        let keys = try #require(edited.keys[layer])
        #expect(
          try relativeDifference(keys, recorded.tensor("batch0.keys.\(layer)")) < 1e-5, "layer \(layer)")
      }
      for (index, target) in edited.targets.enumerated() {
        #expect(
          try relativeDifference(target.value, recorded.tensor("z.\(index)")) < 1e-4, "record \(index)")
      }
      let theirs = try joined(layers.map { try recorded.delta(batch: 0, layer: $0) })
      #expect(try relativeDifference(weights() - original, theirs) < 5e-4)
    }
    let theirs = try joined(
      layers.map { layer in
        let deltas = try recorded.batches.indices.map { try recorded.delta(batch: $0, layer: layer) }
        return try Tensor.stack(deltas, 0).sum(0)
      })
    #expect(try relativeDifference(weights() - original, theirs) < 1e-2)
  }

  /// The norm of this is the norm of all layers' weights together.
  private func joined(_ weights: [Tensor]) throws -> Tensor {
    try Tensor.concatenate(weights.map { try $0.reshape(-1) }, 0)
  }

  @Test func `recorded keys and targets give a tiny Llama's recorded updates`() throws {
    try solveRecorded(RecordedEdits(Package.llamaTiny))
  }

  @Test(
    .enabled(if: SharedFolder.has("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `recorded keys and targets give the other models' recorded updates`(name: String) throws {
    try solveRecorded(RecordedEdits(SharedFolder.file("golden/edits/\(name)")))
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
