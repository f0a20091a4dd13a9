import Checkpoints
import Foundation
import Testing
import Torch

@testable import LanguageModels

@Suite("Checkpoints are read as they are meant, or refused with the reason")
struct LoadingTests {
  private func message(_ variant: ModelVariant) -> String {
    do {
      _ = try ModelRegistry.load(variant.checkpoint)
      return "(loaded)"
    } catch {
      return "\(error)"
    }
  }

  private func expectRecordedLogits(_ variant: ModelVariant, _ name: String) throws {
    let recorded = try RecordedModel(name)
    let tokens = try PackedTokens(recorded.sequences)
    let expected = try recorded.packed(recorded.logits, as: tokens)
    let logits = try ModelRegistry.load(variant.checkpoint).logits(tokens)
    #expect(try logits.distance(to: expected) < 1e-4)
  }

  @Test func namesWithoutTheDecodersOwn() throws {
    let variant = try ModelVariant(
      of: "gpt2", header: { $0.replacingOccurrences(of: "transformer.", with: "") })
    try expectRecordedLogits(variant, "gpt2")
    let down = try ModelRegistry.load(variant.checkpoint).downProjections[1]
    #expect(down.name == "transformer.h.1.mlp.c_proj")
    #expect(down.tensorName == "h.1.mlp.c_proj.weight")
  }

  @Test func olderSpellingsOfTheRotaryEmbedding() throws {
    try expectRecordedLogits(
      ModelVariant(
        of: "llama31",
        [
          "rope_parameters": nil, "rope_theta": 500_000,
          "rope_scaling": [
            "type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
            "original_max_position_embeddings": 64,
          ],
        ]), "llama31")
    try expectRecordedLogits(
      ModelVariant(of: "gpt_neox", ["rope_parameters": nil, "rotary_pct": 0.25, "rotary_emb_base": 10_000]),
      "gpt_neox")
    try expectRecordedLogits(
      ModelVariant(of: "phi", ["rope_parameters": nil, "partial_rotary_factor": 0.5]), "phi")
    try expectRecordedLogits(
      ModelVariant(of: "llama", ["rope_parameters": nil, "rope_theta": 500_000, "rope_scaling": nil]), "llama"
    )
  }

  @Test func windowsByDefaultAndByLayerTypes() throws {
    try expectRecordedLogits(ModelVariant(of: "gemma2", ["layer_types": nil]), "gemma2")
    try expectRecordedLogits(
      ModelVariant(of: "mistral", ["layer_types": Array(repeating: "sliding_attention", count: 3)]), "mistral"
    )
    let text = message(try ModelVariant(of: "gemma2", ["layer_types": ["full_attention"]]))
    #expect(text.contains("layer_types") && text.contains("4"))
    let unlimited = message(
      try ModelVariant(
        of: "mistral",
        ["sliding_window": nil, "layer_types": Array(repeating: "sliding_attention", count: 3)]))
    #expect(unlimited.contains("“sliding_window” is missing"))
  }

  @Test func unknownArchitecture() throws {
    let text = message(try ModelVariant(of: "llama", ["model_type": "mamba"]))
    #expect(text.contains("mamba") && text.contains("gpt_neox") && text.contains("qwen3"))
  }

  @Test(arguments: RecordedModel.names)
  func vocabularyOfAnotherSizeThanTheEmbedding(_ name: String) throws {
    let text = message(try ModelVariant(of: name, ["vocab_size": 321]))
    #expect(text.contains("[320, 48]") && text.contains("[321, 48]"))
  }

  @Test func tiedHeads() throws {
    let stored = message(try ModelVariant(of: "llama", ["tie_word_embeddings": true]))
    #expect(stored.contains("lm_head.weight") && stored.contains("tie_word_embeddings"))
    let headOnly = try ModelVariant(
      of: "llama31",
      header: { $0.replacingOccurrences(of: "model.embed_tokens.weight", with: "lm_head.weight") })
    try expectRecordedLogits(headOnly, "llama31")
    let missing = message(try ModelVariant(of: "llama31", ["tie_word_embeddings": false]))
    #expect(missing.contains("no tensor “lm_head.weight”") && missing.contains("tie_word_embeddings"))
  }

  @Test func unsupportedSettings() throws {
    let yarn = message(
      try ModelVariant(of: "llama", ["rope_parameters": ["rope_type": "yarn", "factor": 4]]))
    #expect(yarn.contains("yarn") && yarn.contains("linear"))
    #expect(message(try ModelVariant(of: "llama", ["hidden_act": "mish"])).contains("mish"))
    #expect(message(try ModelVariant(of: "gptj", ["rotary_dim": 7])).contains("rotary_dim"))
    #expect(message(try ModelVariant(of: "gptj", ["rotary_dim": 64])).contains("rotary_dim"))
    #expect(message(try ModelVariant(of: "phi", ["qk_layernorm": true])).contains("qk_layernorm"))
    #expect(message(try ModelVariant(of: "gemma2", ["attn_logit_softcapping": 0])).contains("softcapping"))
    #expect(
      message(try ModelVariant(of: "llama", ["rope_parameters": ["rope_theta": -1]])).contains("base -1"))
    #expect(
      message(try ModelVariant(of: "llama", ["num_key_value_heads": 4])).contains("num_key_value_heads"))
    #expect(message(try ModelVariant(of: "llama", ["num_hidden_layers": 4])).contains("model.layers.3"))
  }

  @Test func missingWeightsAndTypesThatCannotBeComputedWith() throws {
    let renamed = message(
      try ModelVariant(of: "llama", header: { $0.replacingOccurrences(of: "model.norm", with: "model.nrom") })
    )
    #expect(renamed.contains("model.norm.weight"))
    let integers = message(
      try ModelVariant(of: "llama", header: { $0.replacingOccurrences(of: "\"F32\"", with: "\"I32\"") }))
    #expect(integers.contains("I32"))
  }

  @Test func weightsStayInTheFileWhereTheTypeIsTheSame() throws {
    let recorded = try RecordedModel("llama")
    let directory = Fixtures.folder.appendingPathComponent("architectures/llama")
    let checkpoint = try Checkpoint(directory: directory)
    let weights = try CheckpointWeights(checkpoint)
    let mapped = try #require(checkpoint["lm_head.weight"])
    let tensor = try weights.tensor("lm_head.weight", shape: [320, 48])
    try tensor.withBytes { #expect($0.baseAddress == mapped.bytes.baseAddress) }
    #expect(recorded.model.dtype == .float32)
  }
}

@Suite("Settings that no recorded model has")
struct VariantTests {
  @Test func scalingOfFrequencies() {
    #expect(RotaryScaling.none(0.5) == 0.5)
    #expect(RotaryScaling.linear(factor: 4)(0.5) == 0.125)
    let scaling = RotaryScaling.llama3(factor: 8, lowFactor: 1, highFactor: 4, originalLength: 64)
    #expect(scaling(1) == 1)
    #expect(scaling(0.001) == 0.001 / 8)
    // Two turns within the original length: a third of the way from 1 to 4.
    let frequency = 2 * 2 * Double.pi / 64
    #expect(abs(scaling(frequency) - frequency * (1.0 / 3 + 2.0 / 3 / 8)) < 1e-15)
  }

  @Test("GPT-NeoX in sequence differs from GPT-NeoX in parallel just where attention feeds the rest")
  func sequentialGPTNeoX() throws {
    let recorded = try RecordedModel("gpt_neox")
    let tokens = try PackedTokens(recorded.sequences)
    let directory = Fixtures.folder.appendingPathComponent("architectures/gpt_neox")
    let checkpoint = try Checkpoint(directory: directory)
    func logits(sequential: Bool, silentAttention: Bool) throws -> Tensor {
      var tensors: [String: Tensor] = [:]
      for name in checkpoint.tensorNames {
        let stored = try checkpoint.tensor(name)
        let isSilent = silentAttention && name.contains("attention.dense")
        tensors[name] =
          isSilent
          ? try Tensor.zeros(stored.shape)
          : try Tensor.copying(stored.bytes, shape: stored.shape, dtype: .float32)
      }
      let variant = try ModelVariant(of: "gpt_neox", ["use_parallel_residual": !sequential])
      let model = try ModelRegistry.make(variant.checkpoint.configuration, InMemoryWeights(tensors))
      return try model.logits(tokens)
    }
    let silent = try logits(sequential: true, silentAttention: true)
    #expect(try silent.distance(to: logits(sequential: false, silentAttention: true)) < 1e-6)
    let loud = try logits(sequential: true, silentAttention: false)
    #expect(try loud.distance(to: logits(sequential: false, silentAttention: false)) > 1e-3)
  }

  @Test("GPT-2 divides the scores of block b by b + 1 where it is told to")
  func scoresScaledByBlock() throws {
    let tokens = try PackedTokens(RecordedModel("gpt2").sequences)
    let plain = try ModelRegistry.load(ModelVariant(of: "gpt2").checkpoint)
    let variant = try ModelVariant(of: "gpt2", ["scale_attn_by_inverse_layer_idx": true])
    let scaled = try ModelRegistry.load(variant.checkpoint)
    let pass = try ForwardPass(tokens, of: plain)
    let hidden = try plain.embed(tokens.ids, positions: pass.positions)
    #expect(try plain.runBlock(0, hidden, pass).distance(to: scaled.runBlock(0, hidden, pass)) == 0)
    #expect(try plain.runBlock(1, hidden, pass).distance(to: scaled.runBlock(1, hidden, pass)) > 1e-4)
  }
}
