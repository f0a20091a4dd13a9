import KnowledgeEditing
import LanguageModels
import Torch

/// AlphaEdit as its equations are read: one fact at a time, every block at every step, dense solves.
///
/// It is what `alphaedit bench` compares with. It is kinder than the published code: rows are packed without padding and the head
/// runs once a step rather than twice.
struct StraightforwardEditor {
  let model: any LanguageModel
  let settings: Hyperparameters

  /// z of one fact by `settings.targetSteps − 1` updates, each a forward through all blocks with logits at all positions.
  func targetValue(_ prompt: EditPrompts) throws -> Tensor {
    let rows = prompt.rewriting + [prompt.essence]
    let tokens = try PackedTokens(rows.map(\.ids), device: model.device)
    let subjects = rows.indices.map { tokens.start(ofRow: $0) + rows[$0].subjectIndex }
    let places = try Tensor(subjects, device: model.device)
    let labels = prompt.rewriting.enumerated().flatMap { row, rewriting in
      let end = tokens.start(ofRow: row) + rewriting.ids.count
      return Array(end - prompt.targetIDs.count..<end)
    }
    let labelPlaces = try Tensor(labels, device: model.device)
    let targets = try Tensor(prompt.rewriting.flatMap { _ in prompt.targetIDs }, device: model.device)
    let essence = subjects[subjects.count - 1]

    var delta = try Tensor.zeros([model.width], device: model.device)
    var (mean, square) = (delta, delta)
    var (h0, reference): (Tensor?, Tensor?) = (nil, nil)
    for step in 1..<max(settings.targetSteps, 1) {
      let leaf = try delta.detach()
      try leaf.requireGradient()
      let loss = try Autograd.withGradients {
        let pass = try ForwardPass(tokens, of: model)
        let embedded = try model.embed(tokens.ids, positions: pass.positions)
        var x = try model.run(0..<settings.targetLayer + 1, embedded, pass)
        if h0 == nil { h0 = try x.select(0, subjects[0]).to(.float32) }
        let change = try leaf.to(x.dtype).unsqueeze(0).expand(subjects.count, model.width)
        x = try x.indexAdd(0, places, change)
        x = try model.run(settings.targetLayer + 1..<model.blockCount, x, pass)
        let logP = try model.head(model.finalNorm(x)).to(.float32).logSoftmax()
        let nll = try -logP.indexSelect(0, labelPlaces).gather(1, targets.unsqueeze(1)).mean()
        let p = try logP.select(0, essence)
        if reference == nil { reference = try p.detach() }
        let divergence = try (p.exp() * (p - (reference ?? p))).sum()
        return try nll + divergence * settings.klFactor
      }
      let norm = try h0?.norm().item() ?? 0
      let gradient = try loss.gradients(of: [leaf])[0]
      mean = try mean * 0.9 + gradient * 0.1
      square = try square * 0.999 + gradient.square() * 0.001
      let (c1, c2) = (1 - power(0.9, step), 1 - power(0.999, step))
      let rate = settings.learningRate.value(forNorm: norm, width: model.width)
      delta = try delta - mean / c1 / ((square / c2).sqrt() + 1e-8) * rate
      let bound = settings.clampNormFactor * norm
      let length = try delta.norm().item()
      if length > bound { delta = try delta * (bound / length) }
    }
    return try h0.map { try $0 + delta } ?? delta
  }

  /// The forwards that a layer's keys and current values take: each context and the bare prompt, through every block.
  func keyForwards(_ prompts: [EditPrompts], repeats: Int) throws {
    let rows = prompts.flatMap { prompt in
      (0..<repeats).flatMap { _ in prompt.keys.map(\.ids) } + [prompt.keys[0].ids]
    }
    let tokens = try PackedTokens(rows, device: model.device)
    let pass = try ForwardPass(tokens, of: model)
    let embedded = try model.embed(tokens.ids, positions: pass.positions)
    _ = try model.run(0..<model.blockCount, embedded, pass)
  }

  /// X of [P(KKᵀ + C) + λI] X = P K Rᵀ for dense P, C [n, n]; K [n, u], R [d, u].
  func denseSolve(_ p: Tensor, _ c: Tensor, _ k: Tensor, _ r: Tensor) throws -> Tensor {
    let n = p.size(0)
    let system = try p.matmul(k.matmul(k.transposed()) + c) + Tensor.identity(n) * settings.ridge
    return try system.solve(p.matmul(k).matmul(r.transposed()))
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { value, _ in value * base }
  }
}
