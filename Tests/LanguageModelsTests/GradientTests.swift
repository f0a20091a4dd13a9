import Checkpoints
import Testing
import Torch

@testable import LanguageModels

@Suite("Gradients flow through every architecture")
struct GradientTests {
  /// Compares dL/dδ · v with the central difference of L along v, in float64.
  private func expectGradient(_ loss: (Tensor) throws -> Tensor, at point: Tensor) throws {
    let direction = try RandomGenerator(seed: 5).normal(point.shape).to(.float64)
    let leaf = try point.clone()
    try leaf.requireGradient()
    let gradient = try loss(leaf).gradients(of: [leaf])[0]
    let slope = try (gradient * direction).sum().item()
    let step = 1e-5
    let ahead = try loss(point + direction * step).item()
    let behind = try loss(point - direction * step).item()
    let expected = (ahead - behind) / (2 * step)
    #expect(abs(slope - expected) < 1e-6 * max(1, abs(expected)))
    #expect(abs(expected) > 1e-6)
  }

  @Test(
    "A vector added to hidden states behind cached tokens, seen through a restricted last block",
    arguments: RecordedModel.names)
  func hiddenStates(_ name: String) throws {
    let recorded = try RecordedModel(name, dtype: .float64)
    let model = recorded.model
    let full = try PackedTokens(recorded.sequences)
    let first = try ForwardPass(full, of: model, recordsKeyValues: true)
    _ = try model.run(0..<model.blockCount, model.embed(full.ids, positions: first.positions), first)
    let cuts = recorded.sequences.map { $0.count / 2 }
    let past = try full.callerOrder(first.recorded).truncated(to: cuts)
    let suffixes = try PackedTokens(zip(recorded.sequences, cuts).map { Array($0.dropFirst($1)) })
    let groups = try suffixes.groups(after: past)
    let places = try Tensor(suffixes.sequences.indices.map { suffixes.start(ofRow: $0) })
    let last = try Tensor(
      suffixes.sequences.indices.map { suffixes.start(ofRow: $0) + suffixes.sequences[$0].count - 1 })

    func loss(_ delta: Tensor) throws -> Tensor {
      let pass = try ForwardPass(groups: groups, dtype: .float64)
      pass.restrictOutput(ofBlock: model.blockCount - 1, to: last)
      let embedded = try model.embed(suffixes.ids, positions: pass.positions)
      let below = try model.run(0..<1, embedded, pass).indexAdd(0, places, delta.expand(3, model.width))
      let top = try model.run(1..<model.blockCount, below, pass)
      return try model.head(model.finalNorm(top)).logSoftmax().narrow(1, 7..<9).sum()
    }
    try expectGradient(loss, at: Tensor.zeros([1, model.width], dtype: .float64))
  }

  @Test("Weights in memory, as training has them", arguments: RecordedModel.names)
  func weights(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let tokens = try PackedTokens(recorded.sequences)
    let directory = Fixtures.folder.appendingPathComponent("architectures/\(name)")
    let checkpoint = try Checkpoint(directory: directory)
    var tensors: [String: Tensor] = [:]
    for tensor in checkpoint.tensorNames {
      let stored = try checkpoint.tensor(tensor)
      tensors[tensor] = try Tensor.copying(stored.bytes, shape: stored.shape, dtype: .float32).to(.float64)
    }
    // An embedding gets gradients from many places, a norm's weight through what follows it.
    for leaf in checkpoint.tensorNames
    where leaf.contains(".0.") || leaf.contains("embed") || leaf.contains("wte") {
      guard let point = tensors[leaf] else { continue }
      func loss(_ value: Tensor) throws -> Tensor {
        var changed = tensors
        changed[leaf] = value
        let model = try ModelRegistry.make(checkpoint.configuration, InMemoryWeights(changed))
        return try model.logits(tokens).logSoftmax().narrow(1, 3..<5).mean()
      }
      try expectGradient(loss, at: point)
    }
  }
}
