import Checkpoints
import Torch

/// The architectures that can be run, by `model_type`.
public enum ModelRegistry {
  typealias Architecture = @Sendable (ConfigurationFile, any WeightSource) throws -> any LanguageModel

  private static let architectures: [String: Architecture] = [
    "gemma2": Gemma2.init,
    "gpt2": GPT2.init,
    "gpt_neox": GPTNeoX.init,
    "gptj": GPTJ.init,
    "llama": Llama.init(llama:_:),
    "mistral": Llama.init(mistral:_:),
    "phi": Phi.init,
    "qwen2": Llama.init(qwen2:_:),
    "qwen3": Llama.init(qwen3:_:),
  ]

  /// The names in `config.json` that are understood.
  public static var modelTypes: [String] { architectures.keys.sorted() }

  /// The model of a checkpoint.
  ///
  /// - Parameters:
  ///   - dtype: the type to compute in; that of the checkpoint where nil
  ///   - device: where to compute. On the CPU, weights of the right type stay in the mapped file.
  /// - Throws: ``LanguageModelError`` or `CheckpointError`, naming key, tensor and file.
  public static func load(
    _ checkpoint: Checkpoint, dtype: DType? = nil, device: Device = .cpu
  ) throws -> any LanguageModel {
    try device.prepare()
    return try make(
      checkpoint.configuration, CheckpointWeights(checkpoint, dtype: dtype, device: device))
  }

  /// The model that a configuration describes, on weights from anywhere.
  public static func make(
    _ configuration: ConfigurationFile, _ weights: any WeightSource
  ) throws -> any LanguageModel {
    let name = try configuration.modelType
    guard let architecture = architectures[name] else {
      throw LanguageModelError.unknownArchitecture(name, known: modelTypes)
    }
    return try architecture(configuration, weights)
  }
}
