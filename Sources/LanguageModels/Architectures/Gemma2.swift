import Checkpoints
import Torch

/// Gemma team 2024: norms before and behind each part, bounded scores and logits, every other block looking
/// back over a window only, scaled embeddings tied to the head.
final class Gemma2: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.llama
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let norm: OffsetRMSNorm

  init(_ file: ConfigurationFile, _ source: any WeightSource) throws {
    let c = try Gemma2Configuration(file)
    let root = WeightScope(source)
    let w = root["model"]
    let (embedding, head) = try root.embeddingAndHead(
      "model.embed_tokens", "lm_head", c.shape, tied: c.tiesHead)
    let rotary = try c.rotary.embedding(headWidth: c.heads.headSize, like: embedding)
    self.embedding = embedding
    shape = c.shape
    blocks = try (0..<c.shape.blockCount).map { try Gemma2Block(c, w["layers"][$0], rotary, $0) }
    norm = try w.offsetRMSNorm("norm", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(weight: head, softCap: c.logitCap)
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor {
    // The factor is rounded to the model's type, as it was in training.
    let scale = try Tensor.full(
      [1], Double(width).squareRoot(), dtype: embedding.dtype, device: embedding.device)
    return try embedding.embedding(ids) * scale
  }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class Gemma2Attention {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let rotary: RotaryEmbedding
  let headWidth: Int
  let scale: Double
  let scoreCap: Double?
  let window: Int?

  init(_ c: Gemma2Configuration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let width = c.shape.width
    headWidth = c.heads.headSize
    query = try w.linear("q_proj", width, c.heads.heads * headWidth, bias: c.hasAttentionBias)
    key = try w.linear("k_proj", width, c.heads.keyValueHeads * headWidth, bias: c.hasAttentionBias)
    value = try w.linear("v_proj", width, c.heads.keyValueHeads * headWidth, bias: c.hasAttentionBias)
    output = try w.linear("o_proj", c.heads.heads * headWidth, width, bias: c.hasAttentionBias)
    self.rotary = rotary
    scale = 1 / c.scoreDivisorSquared.squareRoot()
    scoreCap = c.scoreCap
    window = c.windows[index]
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let n = x.size(0)
    let q = try rotary(query(x).view(n, -1, headWidth), pass)
    let k = try rotary(key(x).view(n, -1, headWidth), pass)
    let v = try value(x).view(n, -1, headWidth)
    return try output(
      pass.attend(q, k, v, block: block, scale: scale, window: window, softCap: scoreCap))
  }
}

private final class Gemma2Block: DecoderBlock {
  let index: Int
  let inputNorm: OffsetRMSNorm
  let attention: Gemma2Attention
  let postAttentionNorm: OffsetRMSNorm
  let preFeedForwardNorm: OffsetRMSNorm
  let feedForward: GatedFeedForward
  let postFeedForwardNorm: OffsetRMSNorm
  var downProjection: Linear { feedForward.down }
  var addsFeedForwardAsIs: Bool { false }

  init(_ c: Gemma2Configuration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    inputNorm = try w.offsetRMSNorm("input_layernorm", width, c.epsilon)
    attention = try Gemma2Attention(c, w["self_attn"], rotary, index)
    postAttentionNorm = try w.offsetRMSNorm("post_attention_layernorm", width, c.epsilon)
    preFeedForwardNorm = try w.offsetRMSNorm("pre_feedforward_layernorm", width, c.epsilon)
    feedForward = GatedFeedForward(
      gate: try w["mlp"].linear("gate_proj", width, inner, bias: false),
      up: try w["mlp"].linear("up_proj", width, inner, bias: false),
      down: try w["mlp"].linear("down_proj", inner, width, bias: false), c.activation)
    postFeedForwardNorm = try w.offsetRMSNorm("post_feedforward_layernorm", width, c.epsilon)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let attended = try postAttentionNorm(attention(inputNorm(x), pass, block: index))
    let h = try pass.restrict(x, block: index) + attended
    guard let update = try feedForward(preFeedForwardNorm(h), pass, block: index) else { return h }
    return try h + postFeedForwardNorm(update)
  }
}

private struct Gemma2Configuration {
  let shape: ModelShape
  let heads: AttentionShape
  let rotary: RotaryConfiguration
  let epsilon: Double
  let activation: Activation
  let tiesHead: Bool
  let hasAttentionBias: Bool
  let scoreDivisorSquared: Double
  let scoreCap: Double?
  let logitCap: Double?
  let windows: [Int?]

  init(_ file: ConfigurationFile) throws {
    let width = try file.positiveInt("hidden_size")
    shape = ModelShape(
      architecture: try file.modelType,
      blockCount: try file.positiveInt("num_hidden_layers", atMost: 1_000), width: width,
      feedForwardWidth: try file.positiveInt("intermediate_size"),
      vocabularySize: try file.positiveInt("vocab_size"),
      maximumPositions: try file.positiveInt("max_position_embeddings"))
    heads = try file.attentionShape(width: width)
    rotary = try RotaryConfiguration(file)
    epsilon = try file.positiveDouble("rms_norm_eps", default: 1e-6)
    activation = try Activation(file, "hidden_activation", default: .geluTanh)
    tiesHead = try file.bool("tie_word_embeddings", default: true)
    hasAttentionBias = try file.bool("attention_bias", default: false)
    scoreDivisorSquared = try file.positiveDouble("query_pre_attn_scalar", default: 256)
    scoreCap = try file.softCap("attn_logit_softcapping")
    logitCap = try file.softCap("final_logit_softcapping")
    windows = try file.attentionWindows(blockCount: shape.blockCount) { $0.isMultiple(of: 2) }
  }
}

extension ConfigurationFile {
  fileprivate func softCap(_ key: String) throws -> Double? {
    guard let cap = try optionalDouble(key) else { return nil }
    guard cap > 0 else { throw invalid(key, "is \(cap); it must be greater than 0") }
    return cap
  }
}
