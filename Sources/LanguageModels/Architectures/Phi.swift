import Checkpoints
import Torch

/// Gunasekar et al. 2023 (Phi-1 to Phi-2): attention and feed-forward network side by side behind one norm,
/// a part of each head turns, biases everywhere, the head's included.
final class Phi: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.phi
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let norm: LayerNorm

  init(_ file: ConfigurationFile, _ source: any WeightSource) throws {
    let c = try PhiConfiguration(file)
    let root = WeightScope(source)
    let w = root["model"]
    let (embedding, head) = try root.embeddingAndHead(
      "model.embed_tokens", "lm_head", c.shape, tied: c.tiesHead)
    let rotary = try c.rotary.embedding(headWidth: c.heads.headSize, like: embedding)
    self.embedding = embedding
    shape = c.shape
    blocks = try (0..<c.shape.blockCount).map { try PhiBlock(c, w["layers"][$0], rotary, $0) }
    norm = try w.layerNorm("final_layernorm", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(
      weight: head, bias: try root.tensor("lm_head.bias", c.shape.vocabularySize))
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor { try embedding.embedding(ids) }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class PhiAttention {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let rotary: RotaryEmbedding
  let headWidth: Int

  init(_ c: PhiConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding) throws {
    let width = c.shape.width
    headWidth = c.heads.headSize
    query = try w.linear("q_proj", width, c.heads.heads * headWidth, bias: true)
    key = try w.linear("k_proj", width, c.heads.keyValueHeads * headWidth, bias: true)
    value = try w.linear("v_proj", width, c.heads.keyValueHeads * headWidth, bias: true)
    output = try w.linear("dense", c.heads.heads * headWidth, width, bias: true)
    self.rotary = rotary
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let n = x.size(0)
    let q = try rotary(query(x).view(n, -1, headWidth), pass)
    let k = try rotary(key(x).view(n, -1, headWidth), pass)
    let v = try value(x).view(n, -1, headWidth)
    return try output(pass.attend(q, k, v, block: block, scale: 1 / Double(headWidth).squareRoot()))
  }
}

private final class PhiBlock: DecoderBlock {
  let index: Int
  let norm: LayerNorm
  let attention: PhiAttention
  let feedForward: FeedForward
  var downProjection: Linear { feedForward.down }

  init(_ c: PhiConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    norm = try w.layerNorm("input_layernorm", width, c.epsilon)
    attention = try PhiAttention(c, w["self_attn"], rotary)
    feedForward = FeedForward(
      up: try w["mlp"].linear("fc1", width, inner, bias: true),
      down: try w["mlp"].linear("fc2", inner, width, bias: true), c.activation)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let h = try norm(x)
    let rest = try pass.restrict(x, block: index)
    guard let update = try feedForward(pass.restrict(h, block: index), pass, block: index) else {
      return rest
    }
    return try rest + attention(h, pass, block: index) + update
  }
}

private struct PhiConfiguration {
  let shape: ModelShape
  let heads: AttentionShape
  let rotary: RotaryConfiguration
  let epsilon: Double
  let activation: Activation
  let tiesHead: Bool

  init(_ file: ConfigurationFile) throws {
    let width = try file.positiveInt("hidden_size")
    shape = ModelShape(
      architecture: try file.modelType,
      blockCount: try file.positiveInt("num_hidden_layers", atMost: 1_000), width: width,
      feedForwardWidth: try file.positiveInt("intermediate_size"),
      vocabularySize: try file.positiveInt("vocab_size"),
      maximumPositions: try file.positiveInt("max_position_embeddings"))
    heads = try file.attentionShape(width: width)
    rotary = try RotaryConfiguration(file, defaultShare: 0.5)
    epsilon = try file.positiveDouble("layer_norm_eps", default: 1e-5)
    activation = try Activation(file, "hidden_act", default: .geluNew)
    tiesHead = try file.bool("tie_word_embeddings", default: false)
    if try file.bool("qk_layernorm", default: false) {
      throw file.invalid("qk_layernorm", "is true; norms of queries and keys are not supported for phi")
    }
  }
}
