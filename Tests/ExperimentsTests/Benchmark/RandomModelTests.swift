import Checkpoints
import Foundation
import LanguageModels
import TestSupport
import Testing
import Torch

@testable import Experiments

struct RandomModelTests {
  private static let shapes: [RandomModelShape] = [
    .gpt2(blockCount: 2, width: 16, heads: 2, vocabularySize: 300, maximumPositions: 32),
    .llama(
      blockCount: 2, width: 32, heads: 4, keyValueHeads: 2, feedForwardWidth: 48, vocabularySize: 300,
      tiesHead: false),
    .llama(
      blockCount: 1, width: 32, heads: 4, keyValueHeads: 2, feedForwardWidth: 48, vocabularySize: 300,
      tiesHead: true),
  ]

  @Test(arguments: shapes)
  func aCheckpointHoldsTheWeightsOfTheModelInMemory(shape: RandomModelShape) throws {
    let directory = try TemporaryDirectory()
    let model = RandomModel(shape: shape, seed: 7)
    let notes = try directory.write("tokenizer.json", "{}")
    try model.write(to: directory["model"], tokenizer: [notes], shardLimit: 20_000)
    let checkpoint = try Checkpoint(directory: directory["model"])
    #expect(checkpoint.shards.count > 1)
    #expect(checkpoint.warnings.isEmpty)
    #expect(checkpoint.shards.allSatisfy { $0.file.file.count < 20_000 + 8_000 })
    #expect(try directory.names().sorted() == ["model", "tokenizer.json"])
    let stored = checkpoint.tensorNames.reduce(0) { $0 + (checkpoint[$1]?.shape.reduce(1, *) ?? 0) }
    #expect(stored == shape.parameterCount)

    let written = try ModelRegistry.load(checkpoint)
    let inMemory = try model.make(dtype: .bfloat16)
    #expect(written.dtype == .bfloat16)
    #expect(written.shape == inMemory.shape)
    let tokens = try PackedTokens([[1, 2, 3, 299], [5, 6]], device: .cpu)
    let logits = try written.logits(tokens).to(.float32)
    #expect(try logits.isFinite().all())
    #expect(try logits.equal(inMemory.logits(tokens).to(.float32)).all())
    let other = try RandomModel(shape: shape, seed: 8).make(dtype: .bfloat16)
    #expect(try !logits.equal(other.logits(tokens).to(.float32)).all())
  }

  @Test func oneFileServesWhatFitsIntoIt() throws {
    let directory = try TemporaryDirectory()
    try RandomModel(shape: Self.shapes[0]).write(to: directory["model"], tokenizer: [])
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: directory["model"].path))
        == ["config.json", "model.safetensors"])
    #expect(throws: CheckpointError.self) {
      try RandomModel(shape: Self.shapes[0]).write(to: directory["model"], tokenizer: [])
    }
  }

  /// The published counts of parameters.
  @Test(arguments: [
    (RandomModelShape.Name.gpt2Small, 124_439_808), (.gpt2XL, 1_557_611_200),
    (.llama1B, 1_235_814_400), (.llama8B, 8_030_261_248),
  ])
  func shapesHaveThePublishedNumbersOfParameters(name: RandomModelShape.Name, count: Int) {
    #expect(RandomModelShape.named(name).parameterCount == count)
  }

  /// Rows longer than the table's whole round differ, and so do rows at the same place of different rounds.
  @Test func longWeightsDoNotRepeatTheirRows() throws {
    let weight = try RandomNumbers(seed: 1, dtype: .float32).tensor(from: 5, shape: [16_384, 2048])
    #expect(try abs(weight.mean().item()) < 1e-4)
    #expect(try abs(weight.square().mean().item().squareRoot() - 0.02) < 1e-4)
    let first: [Float] = try weight.narrow(1, 0..<2).reshape(-1).array()
    let pairs = stride(from: 0, to: first.count, by: 2).map { [first[$0], first[$0 + 1]] }
    #expect(Set(pairs).count == pairs.count)
  }
}
