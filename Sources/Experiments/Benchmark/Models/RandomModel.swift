import Checkpoints
import Foundation
import LanguageModels
import StrictJSON
import Torch

/// A model of a given shape with random weights, for measuring speed.
public struct RandomModel: Sendable {
  /// The shape.
  public var shape: RandomModelShape
  /// The seed of the weights.
  public var seed: UInt64

  /// A model of the shape of GPT-2 small, or of another.
  public init(shape: RandomModelShape = .named(.gpt2Small), seed: UInt64 = 1) {
    self.shape = shape
    self.seed = seed
  }

  /// The model in memory.
  ///
  /// - Throws: `TorchError` where memory does not suffice.
  public func make(dtype: DType, device: Device = .cpu) throws -> any LanguageModel {
    let numbers = try RandomNumbers(seed: seed, dtype: dtype, device: device)
    var tensors: [String: Tensor] = [:]
    for (weight, start) in placedWeights {
      tensors[weight.name] =
        switch weight.filling {
        case .draws: try numbers.tensor(from: start, shape: weight.shape)
        case .constant(let value): try Tensor.full(weight.shape, value, dtype: dtype, device: device)
        }
    }
    return try ModelRegistry.make(
      ConfigurationFile(values: shape.configuration.object ?? JSONObject()), InMemoryWeights(tensors))
  }

  /// Writes the model as a checkpoint in bfloat16, one tensor at a time: the same weights that ``make(dtype:device:)`` gives
  /// in that type.
  ///
  /// - Parameters:
  ///   - directory: the directory, which must not exist.
  ///   - tokenizer: files to be copied beside the weights.
  ///   - shardLimit: the most bytes of tensors to a file.
  /// - Throws: `CheckpointError`.
  public func write(
    to directory: URL, tokenizer: [URL], shardLimit: Int = NewCheckpoint.usualShardLimit
  ) throws {
    let numbers = try RandomNumbers(seed: seed, dtype: .bfloat16)
    let tensors = placedWeights.map { weight, start in
      NewTensor(name: weight.name, dtype: .bfloat16, shape: weight.shape) { emit in
        switch weight.filling {
        case .draws: try numbers.emit(from: start, count: weight.count, emit)
        case .constant(let value):
          try Tensor.full(weight.shape, value, dtype: .bfloat16).withBytes(emit)
        }
      }
    }
    try NewCheckpoint(configuration: shape.configuration, tensors: tensors, copiedFiles: tokenizer)
      .write(to: directory, shardLimit: shardLimit)
  }

  /// The weights, and where each begins among the random numbers.
  private var placedWeights: [(weight: RandomWeight, start: Int)] {
    var start = 0
    return shape.weights.map { weight in
      defer { if weight.filling == .draws { start += weight.count } }
      return (weight, start)
    }
  }
}
