import KnowledgeEditing
import LanguageModels
import Torch

extension BenchmarkSuite {
  /// Steps of the straightforward search that are timed; the others take as long.
  private static let straightforwardSteps = 3
  /// The widest keys that the straightforward solve, of about 3n³ operations, is timed for.
  private static let straightforwardWidth = 8192

  /// Target values, keys and solve, from one batch.
  func measureEdit(_ bench: Bench) throws -> [PartMeasurement] {
    let settings = try makeSettings()
    let templates = ContextTemplates.samples
    let prompts = try bench.facts.map {
      try EditPrompts($0, templates: templates, tokenizer: bench.tokenizer)
    }
    let stopwatch = Stopwatch()
    let clock = ContinuousClock()
    var start = clock.now
    var valuesSeconds = 0.0
    let session = try makeSession(bench.model, templates: templates, stopwatch: stopwatch) { update in
      if update.phase == EditingSession.targetPhase {
        valuesSeconds = start.duration(to: clock.now) / .seconds(1)
      }
      bench.progress?(update)
    }
    start = clock.now
    _ = try session.edit(prompts)
    try device.synchronize()
    let total = start.duration(to: clock.now) / .seconds(1)
    let naive = comparesStraightforward ? try measureStraightforward(bench, prompts, settings) : nil
    return try measurements(
      prompts, seconds: (valuesSeconds, total - valuesSeconds - stopwatch.seconds, stopwatch.seconds), naive,
      on: bench.machine)
  }

  /// A session whose null spaces are made up and whose solves are timed.
  func makeSession(
    _ model: any LanguageModel, templates: ContextTemplates, stopwatch: Stopwatch,
    onProgress: ProgressHandler? = nil
  ) throws -> EditingSession {
    let settings = try makeSettings()
    var solvers: [Int: any LayerSolver] = [:]
    for layer in layers {
      let keys = try SyntheticKeys(width: shape.feedForwardWidth, device: device, seed: UInt64(layer))
      let preservation = NullSpacePreservation(
        nullSpace: try keys.nullSpace(leavingOut: basisSize), ridge: settings.ridge)
      var solver = RecursiveSolver(preservation: preservation)
      if remembered > 0 { try solver.absorb(keys.draws(shape.feedForwardWidth, remembered)) }
      solvers[layer] = TimedSolver(solver, stopwatch, on: device)
    }
    return try EditingSession(
      model: model, settings: settings, recipe: .alphaEdit, templates: templates, solvers: solvers,
      memory: memory, onProgress: onProgress)
  }

  private func measurements(
    _ prompts: [EditPrompts], seconds: (values: Double, keys: Double, solve: Double),
    _ naive: Straightforward?, on machine: MachineRates
  ) throws -> [PartMeasurement] {
    let floors = editFloors(prompts)
    let tokens = PromptTokens(prompts)
    let count = prompts.count
    let named = "layers \(layers.first ?? 0)–\(layers.last ?? 0)"
    return [
      try PartMeasurement(
        .values, seconds: seconds.values, units: count, floor: floors.values, on: machine,
        straightforward: naive?.values,
        note:
          "\(count) facts, \(steps) steps, \(tokens.suffix / max(1, count)) tokens a fact and step above \(named)"
      ),
      try PartMeasurement(
        .keys, seconds: seconds.keys, units: count, floor: floors.keys, on: machine,
        straightforward: naive?.keys, note: "\(named), with the addition of changes to the weights"),
      try PartMeasurement(
        .solve, seconds: seconds.solve, units: layers.count, floor: floors.solve, on: machine,
        straightforward: naive?.solve,
        note: "\(count) facts, \(remembered) in history, \(basisSize) directions left out"),
    ]
  }

  /// The floors of a batch: of all its target values, all keys, and the solves of all layers.
  func editFloors(_ prompts: [EditPrompts]) -> (values: Floor, keys: Floor, solve: Floor) {
    let tokens = PromptTokens(prompts)
    let count = prompts.count
    let solve = Floor.solve(
      n: shape.feedForwardWidth, facts: count, basis: basisSize, remembered: remembered)
    return (
      floors.targetValues(
        tokens, facts: count, factsAtOnce: min(count, FactMemory.largestChunk(on: device)),
        last: layers.last ?? 0, steps: steps),
      floors.keys(tokens, facts: count, layers: layers), solve.times(layers.count)
    )
  }

  /// Seconds of the straightforward formulation: of a fact's target value and keys, and of a layer's solve.
  private struct Straightforward {
    let values: Double
    let keys: Double
    let solve: Double?
  }

  private func measureStraightforward(
    _ bench: Bench, _ prompts: [EditPrompts], _ settings: Hyperparameters
  ) throws -> Straightforward {
    var few = settings
    few.targetSteps = min(steps, Self.straightforwardSteps + 1)
    let editor = StraightforwardEditor(model: bench.model, settings: few)
    let sample = Array(prompts.prefix(1))
    let steps = Double(max(1, steps - 1)) / Double(max(1, few.targetSteps - 1))
    let values = try device.seconds { for prompt in sample { _ = try editor.targetValue(prompt) } } * steps
    return try Autograd.withoutGradients {
      // Each layer reads its keys once to solve and once more for the history.
      let keys = try device.seconds { try editor.keyForwards(sample, repeats: 2) } * Double(layers.count)
      let n = shape.feedForwardWidth
      guard n <= Self.straightforwardWidth else {
        return Straightforward(values: values, keys: keys, solve: nil)
      }
      let made = try SyntheticKeys(width: n, device: device)
      let p = try made.nullSpace(leavingOut: basisSize).project(Tensor.identity(n, device: device))
      let k = try made.draws(n, prompts.count)
      let r = try made.draws(shape.width, prompts.count)
      let history = try k.matmul(k.transposed())
      let solve = try device.seconds { _ = try editor.denseSolve(p, history, k, r) }
      return Straightforward(values: values, keys: keys, solve: solve)
    }
  }

  private func makeSettings() throws -> Hyperparameters {
    try .benchmarked(shape, layers: layers, steps: steps)
  }
}
