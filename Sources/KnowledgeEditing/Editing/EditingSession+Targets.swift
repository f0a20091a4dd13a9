import LanguageModels
import Torch

extension EditingSession {
  /// Target values of all facts, a chunk of them at a time, and the rows their keys are read from, which hold the states before
  /// the first of `settings.layers`.
  func findTargets(
    _ prompts: BatchPrompts, _ settings: Hyperparameters
  ) throws -> (targets: [TargetValue], rows: [KeyRows]) {
    switch recipe.values {
    case .presentWeights: try findTargetsAsIs(prompts, settings)
    case .originalWeights: try withOriginalWeights { try findTargetsAsIs(prompts, settings) }
    }
  }

  private func findTargetsAsIs(
    _ prompts: BatchPrompts, _ settings: Hyperparameters
  ) throws -> (targets: [TargetValue], rows: [KeyRows]) {
    let shared = try SharedContexts(prompts, of: model)
    let past = try shared.keyValues(upTo: model.blockCount)
    let optimizer = TargetValueOptimizer(model: model, settings: settings)
    let size = try MemoryPlan(model: model, prompts: prompts, settings: settings).chunkSize(within: memory)
    let count = prompts.prompts.count
    var meter = ProgressMeter(phase: Self.targetPhase, unit: "facts", total: count, handler: onProgress)
    var targets: [TargetValue] = []
    var rows: [KeyRows] = []
    for start in stride(from: 0, to: count, by: size) {
      let facts = start..<min(start + size, count)
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
    return (targets, rows)
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
    let present = try weights.mapValues { try $0.exchange($0.original) }
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
