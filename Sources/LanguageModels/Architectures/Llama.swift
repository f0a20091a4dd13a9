import Checkpoints
import Torch

/// Touvron et al. 2023: rotary embedding, RMS norms before each part, gated feed-forward network, shared
/// key/value heads.
///
/// Mistral, Qwen2 and Qwen3 are this with other settings, which their own files read.
final class Llama: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.llama
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let norm: RMSNorm

  init(_ c: LlamaConfiguration, _ source: any WeightSource) throws {
    let root = WeightScope(source)
    let w = root["model"]
    let (embedding, head) = try root.embeddingAndHead(
      "model.embed_tokens", "lm_head", c.shape, tied: c.tiesHead)
    let rotary = try c.rotary.embedding(headWidth: c.heads.headSize, like: embedding)
    self.embedding = embedding
    shape = c.shape
    blocks = try (0..<c.shape.blockCount).map { try LlamaBlock(c, w["layers"][$0], rotary, $0) }
    norm = try w.rmsNorm("norm", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(weight: head)
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor { try embedding.embedding(ids) }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class LlamaAttention {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let queryNorm: RMSNorm?
  let keyNorm: RMSNorm?
  let rotary: RotaryEmbedding
  let headWidth: Int
  let window: Int?

  init(_ c: LlamaConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let width = c.shape.width
    headWidth = c.heads.headSize
    query = try w.linear("q_proj", width, c.heads.heads * headWidth, bias: c.hasInputBias)
    key = try w.linear("k_proj", width, c.heads.keyValueHeads * headWidth, bias: c.hasInputBias)
    value = try w.linear("v_proj", width, c.heads.keyValueHeads * headWidth, bias: c.hasInputBias)
    output = try w.linear("o_proj", c.heads.heads * headWidth, width, bias: c.hasOutputBias)
    queryNorm = c.normsHeads ? try w.rmsNorm("q_norm", headWidth, c.epsilon) : nil
    keyNorm = c.normsHeads ? try w.rmsNorm("k_norm", headWidth, c.epsilon) : nil
    self.rotary = rotary
    window = c.windows[index]
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let n = x.size(0)
    var q = try query(x).view(n, -1, headWidth)
    var k = try key(x).view(n, -1, headWidth)
    let v = try value(x).view(n, -1, headWidth)
    if let queryNorm, let keyNorm { (q, k) = (try queryNorm(q), try keyNorm(k)) }
    return try output(
      pass.attend(
        rotary(q, pass), rotary(k, pass), v, block: block, scale: 1 / Double(headWidth).squareRoot(),
        window: window))
  }
}

private final class LlamaBlock: DecoderBlock {
  let index: Int
  let inputNorm: RMSNorm
  let attention: LlamaAttention
  let postAttentionNorm: RMSNorm
  let feedForward: GatedFeedForward
  var downProjection: Linear { feedForward.down }

  init(_ c: LlamaConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    inputNorm = try w.rmsNorm("input_layernorm", width, c.epsilon)
    attention = try LlamaAttention(c, w["self_attn"], rotary, index)
    postAttentionNorm = try w.rmsNorm("post_attention_layernorm", width, c.epsilon)
    feedForward = GatedFeedForward(
      gate: try w["mlp"].linear("gate_proj", width, inner, bias: c.hasFeedForwardBias),
      up: try w["mlp"].linear("up_proj", width, inner, bias: c.hasFeedForwardBias),
      down: try w["mlp"].linear("down_proj", inner, width, bias: c.hasFeedForwardBias), c.activation)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let h = try pass.restrict(x, block: index) + attention(inputNorm(x), pass, block: index)
    guard let update = try feedForward(postAttentionNorm(h), pass, block: index) else { return h }
    return try h + update
  }
}

/// What tells the decoders of Llama's family apart.
struct LlamaConfiguration {
  let shape: ModelShape
  let heads: AttentionShape
  let rotary: RotaryConfiguration
  let epsilon: Double
  let activation: Activation
  let tiesHead: Bool
  /// Whether queries, keys and values have a bias.
  var hasInputBias = false
  /// Whether attention's output has a bias.
  var hasOutputBias = false
  /// Whether the maps of the feed-forward network have a bias.
  var hasFeedForwardBias = false
  /// Whether queries and keys are normalized head by head.
  var normsHeads = false
  /// How far each block's tokens look back; all the way where nil.
  var windows: [Int?]

  /// What all of the family spell alike.
  init(_ file: ConfigurationFile) throws {
    let width = try file.positiveInt("hidden_size")
    shape = ModelShape(
      architecture: try file.modelType, blockCount: try file.positiveInt("num_hidden_layers", atMost: 1_000),
      width: width, feedForwardWidth: try file.positiveInt("intermediate_size"),
      vocabularySize: try file.positiveInt("vocab_size"),
      maximumPositions: try file.positiveInt("max_position_embeddings"))
    heads = try file.attentionShape(width: width)
    rotary = try RotaryConfiguration(file)
    epsilon = try file.positiveDouble("rms_norm_eps", default: 1e-6)
    activation = try Activation(file, "hidden_act", default: .silu)
    tiesHead = try file.bool("tie_word_embeddings", default: false)
    windows = Array(repeating: nil, count: shape.blockCount)
  }
}

extension Llama {
  /// Llama 1 to 3.2.
  convenience init(llama file: ConfigurationFile, _ source: any WeightSource) throws {
    var c = try LlamaConfiguration(file)
    c.hasInputBias = try file.bool("attention_bias", default: false)
    c.hasOutputBias = c.hasInputBias
    c.hasFeedForwardBias = try file.bool("mlp_bias", default: false)
    try self.init(c, source)
  }
}
