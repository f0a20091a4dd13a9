import Checkpoints
import Foundation
import LanguageModels
import Torch

/// A model of a given shape with random weights, for measuring speed.
public struct RandomModel: Sendable {
  /// How many blocks.
  public var blockCount = 12
  /// d.
  public var width = 768
  /// How many attention heads.
  public var heads = 12
  /// V.
  public var vocabularySize = 50_257
  /// The longest sequence.
  public var maximumPositions = 1024

  /// The shape of GPT-2 small.
  public init() {}

  /// A GPT-2 with weights drawn from N(0, 0.02²), as that architecture is initialised.
  public func make(dtype: DType, seed: UInt64 = 1) throws -> any LanguageModel {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "alphaedit-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: "config.json")
    let text = """
      {"model_type": "gpt2", "n_embd": \(width), "n_layer": \(blockCount), "n_head": \(heads),
       "vocab_size": \(vocabularySize), "n_positions": \(maximumPositions), "tie_word_embeddings": true}
      """
    try Data(text.utf8).write(to: file)
    return try ModelRegistry.make(ConfigurationFile(contentsOf: file), InMemoryWeights(weights(dtype, seed)))
  }

  private func weights(_ dtype: DType, _ seed: UInt64) throws -> [String: Tensor] {
    let generator = try RandomGenerator(seed: seed)
    var tensors: [String: Tensor] = [:]
    func random(_ name: String, _ shape: Int...) throws {
      tensors[name] = try (generator.normal(shape) * 0.02).to(dtype)
    }
    func norm(_ name: String) throws {
      tensors[name + ".weight"] = try Tensor.full([width], 1, dtype: dtype)
      tensors[name + ".bias"] = try Tensor.zeros([width], dtype: dtype)
    }
    func affine(_ name: String, _ input: Int, _ output: Int) throws {
      try random(name + ".weight", input, output)
      tensors[name + ".bias"] = try Tensor.zeros([output], dtype: dtype)
    }
    try random("transformer.wte.weight", vocabularySize, width)
    try random("transformer.wpe.weight", maximumPositions, width)
    try norm("transformer.ln_f")
    for block in 0..<blockCount {
      let name = "transformer.h.\(block)"
      try norm(name + ".ln_1")
      try norm(name + ".ln_2")
      try affine(name + ".attn.c_attn", width, 3 * width)
      try affine(name + ".attn.c_proj", width, width)
      try affine(name + ".mlp.c_fc", width, 4 * width)
      try affine(name + ".mlp.c_proj", 4 * width, width)
    }
    return tensors
  }
}
