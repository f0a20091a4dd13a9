import Checkpoints
import Foundation
import Torch

@testable import LanguageModels

/// A tiny random model and what transformers computes with it.
struct RecordedModel {
  static let names = [
    "gpt2", "gptj", "gpt_neox", "llama", "llama31", "mistral", "qwen2", "qwen3", "phi", "gemma2",
  ]

  let model: any LanguageModel
  /// The sequences, without their padding.
  let sequences: [[Int]]
  /// [rows, 40, V], of which a row's own length means something.
  let logits: Tensor
  /// [blocks + 1, rows, 40, d]: the embeddings, then each block's output, the last of them after the final
  /// norm.
  let hiddenStates: Tensor

  init(_ name: String, dtype: DType? = nil) throws {
    let directory = Fixtures.folder.appendingPathComponent("architectures/\(name)")
    model = try ModelRegistry.load(Checkpoint(directory: directory), dtype: dtype)
    let file = try SafetensorsFile(contentsOf: directory.appendingPathComponent("golden.safetensors"))
    let ids = try file.tensor("input_ids", .int64)
    let lengths = try file.tensor("lengths", .int64).array(Int.self)
    sequences = try lengths.enumerated().map { row, length in
      try ids.select(0, row).narrow(0, 0..<length).array(Int.self)
    }
    logits = try file.tensor("logits", .float32)
    hiddenStates = try file.tensor("hidden_states", .float32)
  }

  /// A recorded [rows, 40, …] cut to the sequences' tokens and packed as `tokens` are.
  func packed(_ recorded: Tensor, as tokens: PackedTokens) throws -> Tensor {
    let rows = try tokens.order.map { row in
      try recorded.select(0, row).narrow(0, 0..<sequences[row].count)
    }
    return try Tensor.concatenate(rows, 0)
  }
}

extension SafetensorsFile {
  func tensor(_ name: String, _ dtype: DType) throws -> Tensor {
    guard let stored = self[name] else { throw CheckpointError(.missingTensor(name), file: url.path, "") }
    return try Tensor.copying(stored.bytes, shape: stored.shape, dtype: dtype)
  }
}

extension Tensor {
  /// The largest absolute difference.
  func distance(to other: Tensor) throws -> Double {
    try (to(.float32) - other.to(.float32)).abs().max().item()
  }
}
