import Foundation
import KnowledgeEditing
import LanguageModels
import Torch

/// Measures what the solve of one layer costs as facts become many: made-up keys, batch after batch, each with all before it in
/// history.
public struct SolveCostBenchmark {
  /// n.
  public var keyWidth = 14_336
  /// d.
  public var width = 4096
  /// How many directions the null space leaves out.
  public var basisSize = 500
  /// Facts in a batch.
  public var batchSize = 100
  /// How many facts there are in the end.
  public var factCount = 10_000
  /// The history at which batches of several sizes are compared.
  public var comparedHistory = 2000
  /// Those sizes.
  public var comparedSizes = [10, 30, 100, 300, 1000]
  /// The type of the weight that changes.
  public var dtype = DType.bfloat16
  /// Where to compute.
  public var device = Device.cpu

  /// A benchmark for the layers of Llama 3 8B.
  public init() {}

  /// One batch.
  public struct Point: Sendable, Equatable {
    /// Facts in the batch.
    public var facts: Int
    /// Facts in history before it.
    public var history: Int
    /// Seconds for the solve and the addition of ΔW to the weight.
    public var seconds: Double
    /// The least that the solve can take, by its floor.
    public var floorSeconds: Double
    /// Seconds for all batches up to this one.
    public var totalSeconds: Double
    /// The most memory beyond the weight that was taken so far, in bytes; 0 where the system does not tell.
    public var memory: Int
  }

  /// What was measured.
  public struct Report: Sendable, Equatable {
    /// Batches of one size, with more and more history.
    public var byHistory: [Point]
    /// Batches of several sizes, with the same history.
    public var byFacts: [Point]

    /// k where time grows like historyᵏ, from the larger half of the histories.
    public var historyExponent: Double? { Self.exponent(byHistory, \.history) }
    /// k where time grows like factsᵏ, from the larger half of the batches.
    public var factsExponent: Double? { Self.exponent(byFacts, \.facts) }

    /// The slope of log time over log `size` (least squares).
    static func exponent(_ points: [Point], _ size: (Point) -> Int) -> Double? {
      let largest = points.map(size).max() ?? 0
      let chosen = points.filter { size($0) > 0 && 10 * size($0) >= largest }
      let x = chosen.map { log(Double(size($0))) }
      let y = chosen.map { log($0.seconds) }
      guard let low = x.min(), let high = x.max(), high > low else { return nil }
      let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
      let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      return slope / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    }
  }

  /// Histories that are reported: 0 and about three to each power of ten.
  static func isReported(_ history: Int, batchSize: Int, factCount: Int) -> Bool {
    guard history > 0, history + batchSize < factCount else { return true }
    let power = pow(10, floor(log10(Double(history))))
    return [1, 2, 5].contains { abs(Double(history) - $0 * power) < 0.5 }
  }

  /// Writes the facts, batch after batch.
  public func run(onProgress: ProgressHandler? = nil) throws -> Report {
    try Autograd.withoutGradients {
      let machine = MachineRates(device: device)
      let keys = try SyntheticKeys(width: keyWidth, device: device)
      let weight = try (keys.draws(width, keyWidth) * 0.02).to(dtype)
      let linear = Linear(name: "mlp.down_proj", weight: weight)
      _ = try machine.rate(
        of: MatrixProduct(rows: keyWidth, inner: basisSize, outer: batchSize), .float32)
      let before = ResidentMemory.now
      ResidentMemory.resetPeak()
      var solver = RecursiveSolver(
        preservation: NullSpacePreservation(
          nullSpace: try keys.nullSpace(leavingOut: basisSize), ridge: 10))
      var report = Report(byHistory: [], byFacts: [])
      var total = 0.0
      func point(_ facts: Int, _ history: Int, _ solver: inout RecursiveSolver, remembers: Bool) throws
        -> Point
      {
        let k = try keys.draws(keyWidth, facts)
        let r = try keys.draws(width, facts)
        let stopwatch = Stopwatch()
        try stopwatch.measure(on: device) {
          let delta = try solver.solve(block: 0, keys: k, residuals: r, remembers: remembers)
          try linear.add(left: delta.left, right: delta.right)
        }
        if remembers { total += stopwatch.seconds }
        let floor = Floor.solve(n: keyWidth, facts: facts, basis: basisSize, remembered: history)
        return Point(
          facts: facts, history: history, seconds: stopwatch.seconds,
          floorSeconds: try floor.seconds(on: machine), totalSeconds: total,
          memory: max(0, ResidentMemory.peak - before))
      }
      var fresh = solver
      _ = try point(batchSize, 0, &fresh, remembers: false)
      var meter = ProgressMeter(phase: "Solves", unit: "facts", total: factCount, handler: onProgress)
      for history in stride(from: 0, to: factCount, by: batchSize) {
        if history == comparedHistory {
          for facts in comparedSizes {
            var copy = solver
            report.byFacts.append(try point(facts, history, &copy, remembers: false))
          }
        }
        let facts = min(batchSize, factCount - history)
        let measured = try point(facts, history, &solver, remembers: true)
        if Self.isReported(history, batchSize: batchSize, factCount: factCount) {
          report.byHistory.append(measured)
        }
        meter.report(history + facts)
      }
      return report
    }
  }
}
