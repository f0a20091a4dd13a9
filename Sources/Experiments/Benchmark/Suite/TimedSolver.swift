import KnowledgeEditing
import Synchronization
import Torch

/// Time that adds up.
final class Stopwatch: Sendable {
  private let total = Mutex(0.0)

  /// The sum so far, in seconds.
  var seconds: Double { total.withLock { $0 } }

  /// Does something and adds its time, once the device has done it.
  func measure<Result>(on device: Device, _ body: () throws -> Result) throws -> Result {
    try device.synchronize()
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    try device.synchronize()
    let seconds = start.duration(to: clock.now) / .seconds(1)
    total.withLock { $0 += seconds }
    return result
  }
}

/// A solver whose solves are timed.
struct TimedSolver: LayerSolver {
  private var solver: RecursiveSolver
  private let stopwatch: Stopwatch
  private let device: Device

  init(_ solver: RecursiveSolver, _ stopwatch: Stopwatch, on device: Device) {
    self.solver = solver
    self.stopwatch = stopwatch
    self.device = device
  }

  mutating func solve(block: Int, keys: Tensor, residuals: Tensor, remembers: Bool) throws -> WeightDelta {
    try stopwatch.measure(on: device) {
      try solver.solve(block: block, keys: keys, residuals: residuals, remembers: remembers)
    }
  }

  mutating func absorb(_ keys: Tensor) throws { try solver.absorb(keys) }
}
