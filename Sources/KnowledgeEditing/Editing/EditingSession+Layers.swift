import LanguageModels
import Torch

extension EditingSession {
  /// Target values for `layers`, then each of these, ascending: keys K, what remains to be done E = Z − H spread over the
  /// layers left, ΔW, W ← W + ΔW (MEMIT Algorithm 1, with the recipe's solve).
  ///
  /// A layer's keys depend on layers below it only, so those that were solved for are also those to be remembered.
  func editOnce(_ prompts: BatchPrompts, layers: [Int], into edited: inout EditedBatch) throws {
    var settings = settings
    settings.layers = layers
    let found = try findTargets(prompts, settings)
    edited.targets = found.targets
    let z = try Tensor.stack(found.targets.map(\.value), 0)
    var meter = ProgressMeter(phase: "Layers", unit: "layers", total: layers.count, handler: onProgress)
    try walk(layers).run(found.rows, behind: prompts) { stop in
      let e = try z - stop.states()
      let r = try e / Double(layers.count - stop.index)
      try solve(stop.layer, keys: stop.keys, residuals: r, remembers: recipe.remembersFacts, into: &edited)
      edited.keys[stop.layer] = stop.keys
      edited.residualNorms[stop.layer] = try e.norm(1).mean().item()
      meter.report(stop.index + 1)
    }
  }

  /// NSE: passes over the facts that are not yet written, and then the keys of all of them into the history.
  func editRepeatedly(_ prompts: BatchPrompts, into edited: inout EditedBatch) throws {
    guard let selection = settings.neurons else { return }
    let layers = layers
    let found = try findTargets(prompts, settings)
    edited.targets = found.targets
    let z = try Tensor.stack(found.targets.map(\.value), 0)
    let passes = max(selection.maximumPasses - 1, 0)
    var meter = ProgressMeter(phase: "Passes", unit: "passes", total: passes, handler: onProgress)
    for pass in 0..<passes {
      let residuals: [Double] = try (z - states(found.rows, prompts)).norm(1).array()
      let active = residuals.indices.filter {
        residuals[$0] > selection.sufficientResidual && residuals[$0] < selection.excessiveResidual
      }
      guard !active.isEmpty else { break }
      let goals = try z.indexSelect(0, Tensor(active, device: model.device))
      let rows = try found.rows.compactMap { try $0.keeping(facts: Set(active)) }
      try walk(layers).run(rows, behind: prompts) { stop in
        let e = try goals - stop.states()
        let r = try e / Double(layers.count - stop.index)
        try solve(stop.layer, keys: stop.keys, residuals: r, remembers: false, into: &edited)
        if pass == 0 { edited.residualNorms[stop.layer] = try e.norm(1).mean().item() }
      }
      meter.report(pass + 1)
    }
    // A second pass changes layers below the others, so keys are read again, and of all facts.
    try walk(layers).run(found.rows, behind: prompts) { stop in
      edited.keys[stop.layer] = stop.keys
      edited.state.remembered[Self.keysName(stop.layer)] = stop.keys
      try solvers[stop.layer]?.absorb(stop.keys.transposed())
    }
  }

  private func solve(
    _ layer: Int, keys: Tensor, residuals: Tensor, remembers: Bool, into edited: inout EditedBatch
  ) throws {
    guard let weight = weights[layer], var solver = solvers[layer] else {
      throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
    }
    let delta = try solver.solve(
      block: layer, keys: keys.transposed(), residuals: residuals.transposed(), remembers: remembers)
    solvers[layer] = solver
    let rounded = WeightDelta(
      block: layer, left: try delta.left.to(.float32), right: try delta.right.to(.float32))
    try weight.add(rounded)
    edited.state.deltas.append(rounded)
    if remembers { edited.state.remembered[Self.keysName(layer)] = keys }
  }

  private func walk(_ layers: [Int]) -> LayerWalk {
    LayerWalk(
      model: model, layers: layers, last: layers.last ?? settings.targetLayer,
      templateWeights: templates.weights)
  }

  /// H, the states [u, d] of all facts behind the last edited block.
  private func states(_ rows: [KeyRows], _ prompts: BatchPrompts) throws -> Tensor {
    let shared = try SharedContexts(prompts, of: model)
    let (first, last) = (layers.first ?? 0, layers.last ?? 0)
    try shared.advance(to: first)
    let past = try shared.keyValues(upTo: last + 1)
    return try Tensor.concatenate(
      rows.map { try $0.bare().subjectOutputs(from: first, through: last, of: model, after: past) }, 0)
  }
}
