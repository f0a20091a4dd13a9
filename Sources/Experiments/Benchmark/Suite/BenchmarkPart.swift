/// What ``BenchmarkSuite`` measures.
public enum BenchmarkPart: String, Sendable, CaseIterable {
  case values, keys, solve, projector, statistics, evaluation, generation

  /// Its name.
  public var title: String {
    switch self {
    case .values: "target values"
    case .keys: "keys and residuals"
    case .solve: "solve"
    case .projector: "projector"
    case .statistics: "statistics"
    case .evaluation: "evaluation"
    case .generation: "generation"
    }
  }

  /// What its time is given for.
  public var unit: String {
    switch self {
    case .values, .keys: "fact"
    case .solve, .projector: "layer"
    case .statistics, .generation: "token"
    case .evaluation: "record"
    }
  }
}

/// How long a part took, beside its floor.
public struct PartMeasurement: Sendable, Equatable {
  /// The part.
  public var part: BenchmarkPart
  /// Seconds for one of the part's units.
  public var seconds: Double
  /// The floor of the same, at the rates that the machine was measured to have.
  public var floorSeconds: Double
  /// Floating-point operations that the floor counts for one unit.
  public var flops: Double
  /// Bytes that the floor counts for one unit.
  public var bytes: Double
  /// Seconds for one unit in the straightforward formulation; nil where it was not measured.
  public var straightforwardSeconds: Double?
  /// What was measured and how, in words.
  public var note: String

  /// The floor as a share of the time.
  public var shareOfFloor: Double { floorSeconds / seconds }
  /// How many times faster than the straightforward formulation; nil where that was not measured.
  public var speedup: Double? { straightforwardSeconds.map { $0 / seconds } }

  init(
    _ part: BenchmarkPart, seconds: Double, units: Int, floor: Floor, on machine: some Rates,
    straightforward: Double? = nil, note: String
  ) throws {
    let count = Double(max(1, units))
    self.part = part
    self.seconds = seconds / count
    floorSeconds = try floor.seconds(on: machine) / count
    flops = floor.flops / count
    bytes = floor.bytes / count
    straightforwardSeconds = straightforward
    self.note = note
  }
}
