import LanguageModels
import Torch

/// Where the optimisation of one fact's target value ended.
public struct TargetValue: Sendable {
  /// z = h₀ + δ, the state [d] at the last edited block that makes the model say the target, in float32.
  public let value: Tensor
  /// ‖h₀‖, the norm of the state it started from.
  public let initialNorm: Double
  /// ‖δ‖.
  public let deltaNorm: Double
  /// The loss before each step, the first being the unedited model's.
  public let losses: [Double]
}

/// Finds target values: states of the subject's token, behind the last edited block, that make the model say the targets.
///
/// The function minimised is the published one (ROME Eq. 4 as AlphaEdit's `compute_z` has it), for many facts at once: rows of
/// different facts do not interact, so each has its own Adam state, clamp and end. What cannot change from step to step is
/// computed once: see ``FactStates`` and ``SuffixRows``.
struct TargetValueOptimizer {
  let model: any LanguageModel
  let settings: Hyperparameters
  /// The published bound at which a fact's optimisation ends.
  let sufficientLoss = 0.05

  /// Target values of the facts in `states`, in order.
  ///
  /// - Parameters:
  ///   - shared: keys and values of the shared contexts, for all blocks.
  ///   - origins: h₀, what δ is counted from and measured against, [F, d] in float32; the states behind the last edited
  ///     block where nil. Where δ enters does not depend on it.
  func optimize(
    _ states: FactStates, prompts: BatchPrompts, shared: PastKeyValues?, origins: Tensor? = nil
  ) throws -> [TargetValue] {
    let firstBlock = settings.targetLayer + 1
    let factCount = states.factCount
    let past = try states.subjectPast(after: shared, firstBlock: firstBlock, model: model)
    let h0 = try origins ?? states.bareOutputs()
    let norms: [Double] = try h0.norm(1).array()
    var results = [TargetValue?](repeating: nil, count: factCount)
    var losses = [[Double]](repeating: [], count: factCount)

    func makeRows(_ facts: [Int]) throws -> SuffixRows {
      try SuffixRows(
        states, facts: facts, past: past, prompts: prompts.prompts, firstBlock: firstBlock, model: model)
    }
    var rows = try makeRows(Array(0..<factCount))
    var delta = try Tensor.zeros([factCount, model.width], device: model.device)
    var bounds = try column(norms.map { $0 * settings.clampNormFactor })
    var decay = try column(norms.map { settings.weightDecay / max($0 * $0, .leastNormalMagnitude) })
    var adam = try AdamRows(
      shape: delta.shape,
      rates: column(norms.map { settings.learningRate.value(forNorm: $0, width: model.width) }))
    var loss = TargetLoss(head: model.headProjection, klFactor: settings.klFactor)

    func finish(_ places: [Int]) throws {
      for place in places {
        let fact = rows.facts[place]
        let own = try delta.select(0, place)
        results[fact] = TargetValue(
          value: try h0.select(0, fact) + own, initialNorm: norms[fact], deltaNorm: try own.norm().item(),
          losses: losses[fact])
      }
    }
    // The published loop ends before its last update, so `targetSteps` forwards make one update fewer.
    for _ in 0..<max(settings.targetSteps - 1, 0) {
      let leaf = try delta.detach()
      try leaf.requireGradient()
      let normed = try Autograd.withGradients { try rows.finalStates(leaf) }
      let evaluation = try loss.evaluate(
        normed.detach(), rows, asksForMostProbable: settings.options.contains(.stopsWhenSaid))
      let lengths = try delta.norm(1, keep: true)
      let current: [Double] = try (evaluation.loss + (lengths * decay).squeeze(1)).array()
      for (place, fact) in rows.facts.enumerated() {
        guard current[place].isFinite else {
          throw EditingError.notFinite(
            what: "the loss of \(prompts.prompts[states.firstFact + fact].fact.id)")
        }
        losses[fact].append(current[place])
      }
      let saidEverywhere = try evaluation.isMostProbable.map { try rows.factsWhere($0) } ?? []
      let active = current.indices.filter { current[$0] >= sufficientLoss && !saidEverywhere.contains($0) }
      var step = try Autograd.gradients(of: [normed], seeds: [evaluation.gradient], leaves: [leaf])[0]
      // d‖δ‖/dδ = δ/‖δ‖, and 0 at δ = 0
      step = try step + delta / lengths.atLeast(1e-30) * decay
      if active.count < current.count {
        try finish(current.indices.filter { !active.contains($0) })
        guard !active.isEmpty else { return results.compactMap { $0 } }
        let places = try Tensor(active, device: model.device)
        rows = try makeRows(active.map { rows.facts[$0] })
        delta = try delta.indexSelect(0, places)
        bounds = try bounds.indexSelect(0, places)
        decay = try decay.indexSelect(0, places)
        step = try step.indexSelect(0, places)
        try adam.keep(places)
        try loss.keep(places)
      }
      delta = try clamp(adam.update(delta, step), to: bounds)
    }
    try finish(Array(rows.facts.indices))
    return results.compactMap { $0 }
  }

  /// δ · min(1, bound/‖δ‖), row by row.
  private func clamp(_ delta: Tensor, to bounds: Tensor) throws -> Tensor {
    let lengths = try delta.norm(1, keep: true).atLeast(1e-30)
    return try delta * (bounds / lengths).clamp(0...1)
  }

  private func column(_ values: [Double]) throws -> Tensor {
    try Tensor(values.map(Float.init), shape: [values.count, 1], device: model.device)
  }
}

extension FactStates {
  /// The first fact's place in the batch.
  var firstFact: Int { rows.first?.fact ?? 0 }
}
