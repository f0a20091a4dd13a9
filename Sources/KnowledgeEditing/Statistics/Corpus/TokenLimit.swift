import Checkpoints

/// How many tokens of a document count.
public enum TokenLimit: Sendable, Equatable {
  /// This many, or as many as the model reaches where that is less.
  case tokens(Int)
  /// As in the published implementation: all that the model reaches, with its exceptions for Mistral and Qwen2.
  /// For models of long reach this takes very much memory and time.
  case published

  /// 1,024 tokens.
  public static let standard = TokenLimit.tokens(1_024)

  /// The number of tokens for a model.
  ///
  /// - Parameter configuration: the model's `config.json`
  /// - Throws: ``StatisticsError/invalidSetting(_:)`` for less than one token, `CheckpointError` for a configuration
  ///   without a maximum.
  public func resolved(for configuration: ConfigurationFile) throws -> Int {
    let reach = try configuration.positiveInt(
      "n_positions", "max_sequence_length", "max_position_embeddings", "seq_length")
    switch self {
    case .tokens(let count):
      guard count > 0 else {
        throw StatisticsError.invalidSetting(
          "\(count) tokens a document were asked for; it must be 1 or more.")
      }
      return min(count, reach)
    case .published:
      switch try configuration.modelType {
      case "mistral": return min(reach, try configuration.optionalInt("sliding_window") ?? 4_096)
      case "qwen2": return min(reach, 4_096)
      default: return reach
      }
    }
  }
}
