import LanguageModels
import Torch

/// What is known of a batch's facts once their target values are found.
struct FoundTargets {
  /// Their target values, in order.
  let targets: [TargetValue]
  /// The rows their keys are read from, which hold the states before the first of the layers.
  let rows: [KeyRows]
}

extension EditingSession {
  /// Target values of all facts, a chunk of them at a time, and the rows their keys are read from. Where memory runs out it goes on
  /// with half as many at a time.
  func findTargets(
    _ prompts: BatchPrompts, _ settings: Hyperparameters
  ) throws -> FoundTargets {
    switch recipe.values {
    case .presentWeights: try findTargetsAsIs(prompts, settings)
    case .originalWeights: try withOriginalWeights { try findTargetsAsIs(prompts, settings) }
    }
  }

  private func findTargetsAsIs(
    _ prompts: BatchPrompts, _ settings: Hyperparameters
  ) throws -> FoundTargets {
    let shared = try SharedContexts(prompts, of: model)
    let past = try shared.keyValues(upTo: model.blockCount)
    let optimizer = TargetValueOptimizer(model: model, settings: settings)
    let count = prompts.prompts.count
    let fitting = try FactMemory(model: model, prompts: prompts, settings: settings)
      .chunkSize(within: memory)
    var chunks = Chunks(count: count, size: min(fitting, factsAfterHalving ?? fitting))
    var meter = ProgressMeter(phase: Self.targetPhase, unit: "facts", total: count, handler: onProgress)
    var targets: [TargetValue] = []
    var rows: [KeyRows] = []
    try chunks.forEach(onHalving: { factsAfterHalving = $0 }) { facts in
      let states = try FactStates(
        facts: facts, of: prompts, after: past, layers: settings.layers, model: model)
      var found = try optimizer.optimize(states, prompts: prompts, shared: past)
      if settings.options.contains(.anchorsNorms) {
        let norms = try originalNorms(of: facts, prompts, settings)
        found = try zip(found, norms).map { try $0.scaled(toNorm: $1) }
      }
      targets += found
      rows.append(states.keyRows)
      meter.report(targets.count)
    }
    return FoundTargets(targets: targets, rows: rows)
  }

  /// ‖h‖ of each of some facts behind the last of `settings.layers` in the unedited model.
  private func originalNorms(
    of facts: Range<Int>, _ prompts: BatchPrompts, _ settings: Hyperparameters
  ) throws -> [Double] {
    try withOriginalWeights {
      let past = try SharedContexts(prompts, of: model).keyValues(upTo: settings.targetLayer + 1)
      let states = try FactStates(
        facts: facts, of: prompts, after: past, layers: settings.layers, model: model)
      return try states.bareOutputs().norm(1).array()
    }
  }

  /// Does something while all edited weights are those of the unedited model.
  private func withOriginalWeights<Result>(_ body: () throws -> Result) throws -> Result {
    let present = try weights.mapValues { try $0.exchange($0.original ?? $0.linear.weight) }
    func putBack() throws {
      for (layer, weight) in present { _ = try weights[layer]?.exchange(weight) }
    }
    do {
      let result = try body()
      try putBack()
      return result
    } catch {
      try putBack()
      throw error
    }
  }
}

extension TargetValue {
  /// The value scaled to a norm.
  func scaled(toNorm norm: Double) throws -> TargetValue {
    let length = try value.norm().item()
    guard length > 0 else { return self }
    return TargetValue(
      value: try value * (norm / length), initialNorm: initialNorm, deltaNorm: deltaNorm, losses: losses)
  }
}
