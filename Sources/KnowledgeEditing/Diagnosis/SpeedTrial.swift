import LanguageModels
import Torch

/// How long writing a fact takes, found by a short trial: whole searches for target values where these take seconds, else some
/// steps of them, else matrix products of the model's shape.
struct SpeedTrial {
  /// What was timed.
  enum Basis: Equatable {
    /// The searches for that many facts' target values, each until it ended.
    case searches(Int)
    /// That many steps for that many facts at once; most searches end before the last one.
    case steps(Int, facts: Int)
    /// Products of matrices, at whose rate no whole edit runs.
    case products

    /// A word for it, for programs.
    var name: String {
      switch self {
      case .searches: "searches"
      case .steps: "steps"
      case .products: "products"
      }
    }
  }

  /// Seconds for a fact, without statistics and null spaces.
  let secondsPerFact: Double
  /// What was timed.
  let basis: Basis

  /// A trial may take about as long.
  private static let longest = 5.0
  private static let stepCount = 3
  /// The search of a single fact says little of how many steps searches take.
  private static let fewestSearches = 4

  /// - Parameters:
  ///   - cost: of a fact.
  ///   - facts: to be tried, all at once where there is time.
  ///   - load: gives the model as it would be edited; called where the trial edits.
  init(
    _ cost: EditCost, facts: [EditPrompts], settings: Hyperparameters, rate: Double,
    load: () throws -> any LanguageModel
  ) throws {
    let expected = cost.total(forwards: Self.stepCount + 2) / rate
    let count = min(facts.count, Int(min(Self.longest / expected, 1e6)))
    guard count > 0 else {
      secondsPerFact = cost.total(forwards: settings.targetSteps) / rate
      basis = .products
      return
    }
    let model = try load()
    let tried = Array(facts.prefix(count))
    // The first run of anything loads pages and chooses kernels.
    _ = try Self.time(tried, settings, model, steps: 1)
    let times = try Self.time(tried, settings, model, steps: Self.stepCount)
    let step = times.search / Double(max(1, times.steps) * count)
    let setUp = times.setUp / Double(count)
    // The layers' products are of the same kind as a step's.
    let layers = step * cost.layers / max(cost.step, 1)
    let search = step * Double(max(settings.targetSteps - 1, 0))
    let affordable = Int(min(Self.longest / max(setUp + search, .leastNormalMagnitude), Double(count)))
    guard affordable >= min(Self.fewestSearches, count) else {
      secondsPerFact = setUp + search + layers
      basis = .steps(Self.stepCount, facts: count)
      return
    }
    let whole = try Self.time(
      Array(facts.prefix(affordable)), settings, model, steps: max(settings.targetSteps - 1, 0))
    secondsPerFact = (whole.setUp + whole.search) / Double(affordable) + layers
    basis = .searches(affordable)
  }

  /// Seconds for setting up a batch, and for a search that ends after at most `steps` steps, with the number it took.
  private static func time(
    _ facts: [EditPrompts], _ settings: Hyperparameters, _ model: any LanguageModel, steps: Int
  ) throws -> (setUp: Double, search: Double, steps: Int) {
    try Autograd.withoutGradients {
      var settings = settings
      settings.targetSteps = steps + 1
      let prompts = BatchPrompts(facts)
      let clock = ContinuousClock()
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
