import Checkpoints
import Torch

/// Wang and Komatsuzaki 2021: attention and feed-forward network side by side behind one norm, rotary
/// embedding of neighbouring features, a bias in the head.
final class GPTJ: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.gptJ
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let norm: LayerNorm

  init(_ file: ConfigurationFile, _ source: any WeightSource) throws {
    let c = try GPTJConfiguration(file)
    let root = WeightScope(source)
    let w = root["transformer"]
    let (embedding, head) = try root.embeddingAndHead("transformer.wte", "lm_head", c.shape, tied: c.tiesHead)
    let rotary = RotaryEmbedding(
      width: c.rotaryWidth, base: 10_000, pairing: .neighbours, like: embedding)
    self.embedding = embedding
    shape = c.shape
    blocks = try (0..<c.shape.blockCount).map { try GPTJBlock(c, w["h"][$0], rotary, $0) }
    norm = try w.layerNorm("ln_f", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(
      weight: head, bias: try root.tensor("lm_head.bias", c.shape.vocabularySize))
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor { try embedding.embedding(ids) }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class GPTJAttention {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let rotary: RotaryEmbedding
  let heads: Int

  init(_ c: GPTJConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding) throws {
    let width = c.shape.width
    query = try w.linear("q_proj", width, width, bias: false)
    key = try w.linear("k_proj", width, width, bias: false)
    value = try w.linear("v_proj", width, width, bias: false)
    output = try w.linear("out_proj", width, width, bias: false)
    self.rotary = rotary
    heads = c.heads
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let (n, headWidth) = (x.size(0), x.size(1) / heads)
    let q = try rotary(query(x).view(n, heads, headWidth), pass)
    let k = try rotary(key(x).view(n, heads, headWidth), pass)
    let v = try value(x).view(n, heads, headWidth)
    return try output(pass.attend(q, k, v, block: block, scale: 1 / Double(headWidth).squareRoot()))
  }
}

private final class GPTJBlock: DecoderBlock {
  let index: Int
  let norm: LayerNorm
  let attention: GPTJAttention
  let feedForward: FeedForward
  var downProjection: Linear { feedForward.down }

  init(_ c: GPTJConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    norm = try w.layerNorm("ln_1", width, c.epsilon)
    attention = try GPTJAttention(c, w["attn"], rotary)
    feedForward = FeedForward(
      up: try w["mlp"].linear("fc_in", width, inner, bias: true),
      down: try w["mlp"].linear("fc_out", inner, width, bias: true), c.activation)
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

private struct GPTJConfiguration {
  let shape: ModelShape
  let heads: Int
  let rotaryWidth: Int
  let epsilon: Double
  let activation: Activation
  let tiesHead: Bool

  init(_ file: ConfigurationFile) throws {
    let width = try file.positiveInt("n_embd", "hidden_size")
    shape = ModelShape(
      architecture: try file.modelType,
      blockCount: try file.positiveInt("n_layer", "num_hidden_layers", atMost: 1_000), width: width,
      feedForwardWidth: try file.optionalInt("n_inner") ?? 4 * width,
      vocabularySize: try file.positiveInt("vocab_size"),
      maximumPositions: try file.positiveInt("n_positions", "n_ctx", "max_position_embeddings"))
    let heads = try file.attentionShape(width: width)
    self.heads = heads.heads
    rotaryWidth = try file.optionalInt("rotary_dim") ?? 64
    guard rotaryWidth <= heads.headSize, rotaryWidth.isMultiple(of: 2) else {
      throw file.invalid("rotary_dim", "is \(rotaryWidth); it must be even and at most \(heads.headSize)")
    }
    epsilon = try file.positiveDouble("layer_norm_epsilon", default: 1e-5)
    activation = try Activation(file, "activation_function", default: .geluNew)
    tiesHead = try file.bool("tie_word_embeddings", default: false)
  }
}
