import KnowledgeEditing
import Torch

/// Measures the null space of a made-up second moment.
public struct ProjectorBenchmark {
  /// n.
  public var width: Int
  /// How many eigenvalues are at the threshold or above.
  public var above = 500
  /// Where to compute.
  public var device = Device.cpu
  /// Whether all eigenvectors are computed as well, in the straightforward way.
  public var comparesStraightforward = false

  /// A benchmark for keys of a length.
  public init(width: Int) { self.width = width }

  /// What was measured.
  public struct Report: Sendable, Equatable {
    /// The time, beside its floor.
    public var measurement: PartMeasurement
    /// The dimension of the null space that was found.
    public var nullity: Int
    /// The dimension that it has.
    public var expectedNullity: Int
    /// ‖VᵀV − 1‖, the largest element.
    public var orthogonality: Double
    /// ‖CV − V(VᵀCV)‖ / ‖CV‖ (Frobenius): how far the basis V is from spanning what C maps to itself.
    public var residual: Double
    /// The most memory that was taken beside the second moment, in bytes; 0 where the system does not tell.
    public var memory: Int
  }

  private static let threshold = 0.02

  /// Makes a second moment and finds its null space.
  public func run() throws -> Report { try run(on: MachineRates(device: device)) }

  func run(on machine: MachineRates) throws -> Report {
    let above = min(above, width / 2)
    let c = try SyntheticKeys(width: width).secondMoment(above: above, threshold: Self.threshold)
    ResidentMemory.resetPeak()
    let before = ResidentMemory.now
    let clock = ContinuousClock()
    let start = clock.now
    let found = try NullSpace(secondMoment: c, rule: .threshold(Self.threshold), device: device)
    try device.synchronize()
    let seconds = start.duration(to: clock.now) / .seconds(1)
    let memory = max(0, ResidentMemory.peak - before)
    var naive: Double?
    if comparesStraightforward {
      naive = try clock.measure { _ = try c.to(.float64).symmetricEigen() } / .seconds(1)
    }
    let (orthogonality, residual) = try Self.defects(of: found, c)
    return Report(
      measurement: try PartMeasurement(
        .projector, seconds: seconds, units: 1, floor: .eigenvectors(n: width, count: above), on: machine,
        straightforward: naive,
        note: "n = \(width), \(above) eigenvalues at the threshold or above"),
      nullity: found.nullity, expectedNullity: width - above, orthogonality: orthogonality,
      residual: residual, memory: memory)
  }

  private static func defects(
    of space: NullSpace, _ c: Tensor
  ) throws -> (orthogonality: Double, residual: Double) {
    guard let basis = space.basis else { return (0, 0) }
    let v = try basis.to(.float32, .cpu)
    let gram = try v.transposed().matmul(v)
    let orthogonality = try (gram - Tensor.identity(v.size(1))).abs().max().item()
    let cv = try c.matmul(v)
    let rest = try cv - v.matmul(v.transposed().matmul(cv))
    return (orthogonality, try rest.norm().item() / max(cv.norm().item(), .leastNormalMagnitude))
  }
}

extension BenchmarkSuite {
  /// All eigenvectors take minutes beyond this width.
  private static let widestDecomposition = 4096

  func measureProjector(_ bench: Bench) throws -> PartMeasurement {
    var benchmark = ProjectorBenchmark(width: shape.feedForwardWidth)
    benchmark.above = basisSize
    benchmark.device = device
    benchmark.comparesStraightforward =
      comparesStraightforward && shape.feedForwardWidth <= Self.widestDecomposition
    return try benchmark.run(on: bench.machine).measurement
  }
}
