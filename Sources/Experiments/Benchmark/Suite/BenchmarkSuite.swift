import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// Measures the parts of an edit on a model of a real shape with random weights, each beside its floor and, where that is bearable,
/// beside the straightforward formulation.
///
/// ```swift
/// var suite = BenchmarkSuite(shape: .named(.gpt2XL))
/// suite.dtype = .bfloat16
/// let report = try suite.run([.values, .solve], facts: facts, records: records, tokenizer: tokenizer)
/// ```
public struct BenchmarkSuite {
  /// The shape measured.
  public var shape: RandomModelShape
  /// The type to compute in.
  public var dtype = DType.float32
  /// Where to compute.
  public var device = Device.cpu
  /// The layers edited: those published for models that have so many blocks, else the first five or fewer.
  public var layers: [Int]
  /// Forward passes of the search for a target value.
  public var steps = 20
  /// Bytes of working memory beside the weights.
  public var memory = 1 << 30
  /// Facts that count as written before, for the solve.
  public var remembered = 0
  /// How many directions the null space leaves out.
  public var basisSize = 500
  /// Tokens of which statistics are taken.
  public var statisticsTokens = 4096
  /// Tokens that are generated behind each of eight prompts.
  public var newTokens = 32
  /// Whether the straightforward formulation is measured as well.
  public var comparesStraightforward = true

  /// A suite for a shape.
  public init(shape: RandomModelShape) {
    self.shape = shape
    let published = shape.architecture == .gpt2 && shape.blockCount > 18 ? 13...17 : 4...8
    layers =
      published.upperBound < shape.blockCount
      ? Array(published) : Array(0..<min(5, max(1, shape.blockCount - 1)))
  }

  /// What was measured.
  public struct Report: Sendable {
    /// The parts, in the order of ``BenchmarkPart``.
    public var parts: [PartMeasurement] = []
    /// Facts that were written.
    public var facts = 0
    /// CPU threads.
    public var threads = 0
    /// The rates at which the machine multiplies the shapes that floors count, in floating-point operations a second.
    public var productRates: [(dtype: DType, rates: ClosedRange<Double>)] = []
    /// Bytes a second that are read and written in a copy.
    public var bandwidth = 0.0
    /// The bytes of the weights.
    public var weightBytes = 0
    /// The largest resident memory of the process while facts were written, in bytes; 0 where the system does not tell.
    public var peakMemory = 0

    /// A part's measurement.
    public subscript(_ part: BenchmarkPart) -> PartMeasurement? { parts.first { $0.part == part } }

    /// Seconds a fact for target value, keys and the solves of so many layers, and the same of the straightforward formulation where
    /// all of it was measured; nil where a part was not.
    public func wholeFact(layers: Int) -> (seconds: Double, straightforward: Double?)? {
      guard let values = self[.values], let keys = self[.keys], let solve = self[.solve], facts > 0 else {
        return nil
      }
      let solves = Double(layers) / Double(facts)
      var naive: Double?
      if let a = values.straightforwardSeconds, let b = keys.straightforwardSeconds,
        let c = solve.straightforwardSeconds
      {
        naive = a + b + c * solves
      }
      return (values.seconds + keys.seconds + solve.seconds * solves, naive)
    }
  }

  /// What the parts are measured on.
  struct Bench {
    let model: any LanguageModel
    let machine: MachineRates
    let facts: [Fact]
    let records: [CounterFactRecord]
    let tokenizer: Tokenizer
    let progress: ProgressHandler?
  }

  /// Measures some parts.
  ///
  /// - Parameters:
  ///   - facts: the batch to write.
  ///   - records: what evaluation is measured on; it is left out where there are none.
  ///   - tokenizer: one whose ids the shape's vocabulary has.
  /// - Throws: `TorchError` where memory does not suffice; what editing throws.
  public func run(
    _ parts: Set<BenchmarkPart>, facts: [Fact], records: [CounterFactRecord], tokenizer: Tokenizer,
    onProgress: ProgressHandler? = nil
  ) throws -> Report {
    let machine = MachineRates(device: device)
    let bench = Bench(
      model: try RandomModel(shape: shape).make(dtype: dtype, device: device), machine: machine, facts: facts,
      records: records, tokenizer: tokenizer, progress: onProgress)
    var report = Report(facts: facts.count, threads: Engine.threadCount)
    report.weightBytes = shape.parameterCount * dtype.byteCount
    if !parts.isDisjoint(with: [.values, .keys, .solve]) {
      ResidentMemory.resetPeak()
      report.parts += try measureEdit(bench).filter { parts.contains($0.part) }
      report.peakMemory = ResidentMemory.peak
    }
    try Autograd.withoutGradients {
      if parts.contains(.projector) { report.parts.append(try measureProjector(bench)) }
      if parts.contains(.statistics) { report.parts.append(try measureStatistics(bench)) }
      if parts.contains(.evaluation), !records.isEmpty {
        report.parts.append(try measureEvaluation(bench))
      }
      if parts.contains(.generation) { report.parts.append(try measureGeneration(bench)) }
    }
    report.bandwidth = try machine.bandwidth
    report.productRates = machine.ranges
    return report
  }

  var floors: ModelFloors { ModelFloors(shape: shape, dtype: dtype) }
}
