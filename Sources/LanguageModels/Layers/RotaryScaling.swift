import Checkpoints
import Torch

/// How frequencies of the rotary embedding are changed so that a model reaches further than it was first
/// trained.
enum RotaryScaling: Equatable {
  case none
  /// All frequencies divided by the factor.
  case linear(factor: Double)
  /// Llama 3.1: low frequencies divided by the factor, high ones kept, those between interpolated.
  case llama3(factor: Double, lowFactor: Double, highFactor: Double, originalLength: Double)

  /// The scaled frequency.
  func callAsFunction(_ frequency: Double) -> Double {
    switch self {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let lowFactor, let highFactor, let originalLength):
      let turns = originalLength * frequency / (2 * Double.pi)
      let share = min(1, max(0, (turns - lowFactor) / (highFactor - lowFactor)))
      return frequency * (share + (1 - share) / factor)
    }
  }
}

/// The rotary embedding as a `config.json` describes it, in either of the spellings in use: `rope_theta` and
/// `rope_scaling`, or both within `rope_parameters`.
struct RotaryConfiguration {
  let base: Double
  let scaling: RotaryScaling
  /// How much of each head turns.
  let share: Double
  private let file: String

  /// - Parameters:
  ///   - baseKey, shareKey: the older spellings of an architecture
  init(
    _ file: ConfigurationFile, baseKey: String = "rope_theta", shareKey: String = "partial_rotary_factor",
    defaultShare: Double = 1
  ) throws {
    self.file = file.url.path
    let parameters = try file.section("rope_parameters")
    let section = try parameters ?? file.section("rope_scaling")
    base = try parameters?.optionalDouble("rope_theta") ?? file.positiveDouble(baseKey, default: 10_000)
    share =
      try parameters?.optionalDouble("partial_rotary_factor") ?? file.double(shareKey, default: defaultShare)
    guard base > 1, share > 0, share <= 1 else {
      throw LanguageModelError.unsupported(
        file: file.url.path, reason: "the rotary embedding has base \(base) and turns \(share) of each head.")
    }
    scaling = try section.map(Self.scaling) ?? .none
  }

  private static func scaling(_ section: ConfigurationFile) throws -> RotaryScaling {
    switch try section.choice("rope_type", "type", of: ["default", "linear", "llama3"], default: "default") {
    case "linear": return .linear(factor: try section.positiveDouble("factor", default: 1))
    case "llama3":
      let low = try section.positiveDouble("low_freq_factor", default: 1)
      let high = try section.positiveDouble("high_freq_factor", default: 4)
      guard high > low else {
        throw section.invalid("high_freq_factor", "is \(high), not above low_freq_factor \(low)")
      }
      return .llama3(
        factor: try section.positiveDouble("factor", default: 8), lowFactor: low, highFactor: high,
        originalLength: Double(try section.positiveInt("original_max_position_embeddings")))
    default: return .none
    }
  }

  /// An embedding for heads of the given width, or of as many features as turn.
  func embedding(
    headWidth: Int, pairing: RotaryEmbedding.Pairing = .halves, like weight: Tensor
  ) throws -> RotaryEmbedding {
    let width = Int(Double(headWidth) * share)
    guard width > 0, width < headWidth || width.isMultiple(of: 2) else {
      throw LanguageModelError.unsupported(
        file: file, reason: "\(width) of a head's \(headWidth) features cannot turn in pairs.")
    }
    return RotaryEmbedding(width: width, base: base, scaling: scaling, pairing: pairing, like: weight)
  }
}
