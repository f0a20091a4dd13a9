import LanguageModels
import Tokenization
import Torch

/// How long writing a fact takes, found by a short trial: some steps of the search for target values where these take seconds,
/// else matrix products of the model's shape.
struct SpeedTrial {
  /// What was timed.
  enum Basis: Equatable {
    /// That many steps for that many facts at once.
    case steps(Int, facts: Int)
    /// Products of matrices, at whose rate no whole edit runs.
    case products
  }

  /// Seconds for a fact, without statistics and null spaces.
  let secondsPerFact: Double
  /// What was timed.
  let basis: Basis

  /// A trial may take about as long.
  private static let longest = 5.0
  private static let largestBatch = 8
  private static let stepCount = 3

  /// - Parameters:
  ///   - cost: of a fact.
  ///   - load: gives the model as it would be edited; called where the trial edits.
  init(
    _ cost: EditCost, facts: [EditPrompts], settings: Hyperparameters, rate: Double,
    load: () throws -> any LanguageModel
  ) throws {
    let expected = cost.total(forwards: Self.stepCount + 2) / rate
    let count = min(Self.largestBatch, facts.count, Int(min(Self.longest / expected, 1e6)))
    guard count > 0 else {
      secondsPerFact = cost.total(forwards: settings.targetSteps) / rate
      basis = .products
      return
    }
    let times = try Self.time(Array(facts.prefix(count)), settings, try load())
    let step = times.step / Double(count)
    // The layers' products are of the same kind as a step's.
    let layers = step * cost.layers / max(cost.step, 1)
    secondsPerFact = times.setUp / Double(count) + Double(max(settings.targetSteps - 1, 0)) * step + layers
    basis = .steps(Self.stepCount, facts: count)
  }

  /// Seconds for setting up a batch, and for one step.
  private static func time(
    _ facts: [EditPrompts], _ settings: Hyperparameters, _ model: any LanguageModel
  ) throws -> (setUp: Double, step: Double) {
    try Autograd.withoutGradients {
      let prompts = BatchPrompts(facts)
      let clock = ContinuousClock()
      func run(steps: Int) throws -> (setUp: Double, steps: Double, count: Int) {
        var settings = settings
        settings.targetSteps = steps + 1
        let start = clock.now
        let past = try SharedContexts(prompts, of: model).keyValues(upTo: model.blockCount)
        let states = try FactStates(
          facts: facts.indices, of: prompts, after: past, layers: settings.layers, model: model)
        try model.device.synchronize()
        let ready = clock.now
        let found = try TargetValueOptimizer(model: model, settings: settings)
          .optimize(states, prompts: prompts, shared: past)
        try model.device.synchronize()
        return (
          start.duration(to: ready) / .seconds(1), ready.duration(to: clock.now) / .seconds(1),
          found.map(\.losses.count).max() ?? 0
        )
      }
      // The first run of anything loads pages and chooses kernels.
      _ = try run(steps: 1)
      let times = try run(steps: stepCount)
      return (times.setUp, times.steps / Double(max(1, times.count)))
    }
  }

  /// Floating-point operations a second of the products of a model's widest weights.
  ///
  /// - Parameter rows: how many tokens are multiplied at once.
  static func rate(of shape: ModelShape, rows: Int, dtype: DType, device: Device) throws -> Double {
    let (rows, d, n) = (min(max(1, rows), largestRows), shape.width, shape.feedForwardWidth)
    let x = try Tensor.full([rows, d], 0.5, dtype: dtype, device: device)
    let w = try Tensor.full([n, d], 0.5, dtype: dtype, device: device)
    _ = try x.linear(w)
    try device.synchronize()
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    repeat {
      _ = try x.linear(w)
      try device.synchronize()
      count += 1
    } while start.duration(to: clock.now) < .milliseconds(200)
    let seconds = start.duration(to: clock.now) / .seconds(1)
    return 2 * Double(rows) * Double(d) * Double(n) * Double(count) / seconds
  }

  private static let largestRows = 2048
}

extension Fact {
  /// Facts of ordinary length, to be written into nothing.
  static let samples: [Fact] = [
    ("The Eiffel Tower", "{} is located in the city of", "Rome"),
    ("Marie Curie", "{} worked in the field of", "music"), ("Windows 11", "{} was developed by", "Nintendo"),
    ("Lake Geneva", "The country in which {} lies is", "Norway"),
    ("Vincent van Gogh", "The mother tongue of {} is", "Finnish"),
    ("Mount Fuji", "{} belongs to the continent of", "Africa"),
    ("Michael Jordan", "The sport that {} plays professionally is", "tennis"),
    ("The Godfather", "The original language of {} is", "Greek"),
  ].compactMap { subject, prompt, target in try? Fact(subject: subject, prompt: prompt, target: target) }
}
