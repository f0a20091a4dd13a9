import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// Compares what a device computes with what the CPU does, on a model with random weights: logits, target values and changes of
/// weights of a batch of facts.
public struct DeviceAgreement {
  /// The shape compared on.
  public var shape = RandomModelShape.named(.gpt2Small)
  /// The device.
  public var device: Device
  /// Forward passes of the search for a target value.
  public var steps = 5

  /// A comparison of a device.
  public init(device: Device) { self.device = device }

  /// What is compared.
  public enum Quantity: String, Sendable, CaseIterable {
    case logits = "logits"
    case targetValues = "target values"
    case changes = "changes of weights"

    /// How far a device may be from the CPU in float32, in relation to the values' norm. Logits differ by the order of sums only. In
    /// the search for target values an element whose gradient is nearly 0 takes a step of full length in either direction.
    public var tolerance: Double {
      switch self {
      case .logits: 1e-4
      case .targetValues: 1e-2
      case .changes: 3e-2
      }
    }
  }

  /// How far a quantity is from that of the CPU in float32.
  public struct Difference: Sendable, Equatable {
    /// The quantity.
    public var quantity: Quantity
    /// The type that the device computed in.
    public var dtype: DType
    /// ‖a − b‖ / ‖b‖ (Frobenius).
    public var relative: Double
    /// How large that may be: for bfloat16, twice what it is between the CPU's own two types.
    public var allowed: Double

    /// Whether it is within what is allowed.
    public var isWithin: Bool { relative <= allowed }
  }

  private struct Results {
    let logits: Tensor
    let targetValues: Tensor
    let changes: Tensor

    subscript(_ quantity: Quantity) -> Tensor {
      switch quantity {
      case .logits: logits
      case .targetValues: targetValues
      case .changes: changes
      }
    }
  }

  /// Compares in both types.
  ///
  /// - Parameter facts: some facts, a handful of which suffice.
  public func run(facts: [Fact], tokenizer: Tokenizer) throws -> [Difference] {
    let reference = try results(facts, tokenizer, on: .cpu, .float32)
    let rounded = try results(facts, tokenizer, on: .cpu, .bfloat16)
    var differences: [Difference] = []
    for dtype in [DType.float32, .bfloat16] {
      let found = try results(facts, tokenizer, on: device, dtype)
      for quantity in Quantity.allCases {
        let allowed =
          dtype == .float32
          ? quantity.tolerance : 2 * (try Self.relative(rounded[quantity], reference[quantity]))
        differences.append(
          Difference(
            quantity: quantity, dtype: dtype,
            relative: try Self.relative(found[quantity], reference[quantity]), allowed: allowed))
      }
    }
    return differences
  }

  private static func relative(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a - b).norm().item() / max(b.norm().item(), .leastNormalMagnitude)
  }

  private func results(
    _ facts: [Fact], _ tokenizer: Tokenizer, on device: Device, _ dtype: DType
  ) throws -> Results {
    var suite = BenchmarkSuite(shape: shape)
    suite.device = device
    suite.dtype = dtype
    suite.steps = steps
    let model = try RandomModel(shape: shape).make(dtype: dtype, device: device)
    let prompts = try facts.map { try EditPrompts($0, templates: .samples, tokenizer: tokenizer) }
    let tokens = try PackedTokens(prompts.map { $0.rewriting[0].ids }, device: device)
    let logits = try Autograd.withoutGradients { try model.logits(tokens).to(.float32, .cpu) }
    let edited = try suite.makeSession(model, templates: .samples, stopwatch: Stopwatch()).edit(prompts)
    return Results(
      logits: logits,
      targetValues: try Tensor.stack(edited.targets.map(\.value), 0).to(.float32, .cpu),
      changes: try Tensor.stack(edited.deltas.map { try $0.matrix().to(.float32, .cpu) }, 0))
  }
}
