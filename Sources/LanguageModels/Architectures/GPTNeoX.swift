import Checkpoints
import Torch

/// Black et al. 2022 (and Pythia): fused query/key/value weights head by head, a part of each head turns,
/// attention and feed-forward network side by side behind a norm each.
final class GPTNeoX: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.gptNeoX
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let norm: LayerNorm

  init(_ file: ConfigurationFile, _ source: any WeightSource) throws {
    let c = try GPTNeoXConfiguration(file)
    let root = WeightScope(source)
    let w = root["gpt_neox"]
    let (embedding, head) = try root.embeddingAndHead(
      "gpt_neox.embed_in", "embed_out", c.shape, tied: c.tiesHead)
    let rotary = try c.rotary.embedding(headWidth: c.heads.headSize, like: embedding)
    self.embedding = embedding
    shape = c.shape
    blocks = try (0..<c.shape.blockCount).map { try GPTNeoXBlock(c, w["layers"][$0], rotary, $0) }
    norm = try w.layerNorm("final_layer_norm", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(weight: head)
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor { try embedding.embedding(ids) }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class GPTNeoXAttention {
  let queryKeyValue: Linear
  let output: Linear
  let rotary: RotaryEmbedding
  let headWidth: Int

  init(_ c: GPTNeoXConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding) throws {
    let (width, inner) = (c.shape.width, c.heads.heads * c.heads.headSize)
    queryKeyValue = try w.linear("query_key_value", width, 3 * inner, bias: c.hasAttentionBias)
    output = try w.linear("dense", inner, width, bias: c.hasAttentionBias)
    self.rotary = rotary
    headWidth = c.heads.headSize
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let joint = try queryKeyValue(x).view(x.size(0), -1, 3 * headWidth)
    func part(_ index: Int) throws -> Tensor {
      try joint.narrow(2, index * headWidth..<(index + 1) * headWidth)
    }
    return try output(
      pass.attend(
        rotary(part(0), pass), rotary(part(1), pass), part(2), block: block,
        scale: 1 / Double(headWidth).squareRoot()))
  }
}

private final class GPTNeoXBlock: DecoderBlock {
  let index: Int
  let isParallel: Bool
  let inputNorm: LayerNorm
  let attention: GPTNeoXAttention
  let postAttentionNorm: LayerNorm
  let feedForward: FeedForward
  var downProjection: Linear { feedForward.down }

  init(_ c: GPTNeoXConfiguration, _ w: WeightScope, _ rotary: RotaryEmbedding, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    isParallel = c.isParallel
    inputNorm = try w.layerNorm("input_layernorm", width, c.epsilon)
    attention = try GPTNeoXAttention(c, w["attention"], rotary)
    postAttentionNorm = try w.layerNorm("post_attention_layernorm", width, c.epsilon)
    feedForward = FeedForward(
      up: try w["mlp"].linear("dense_h_to_4h", width, inner, bias: true),
      down: try w["mlp"].linear("dense_4h_to_h", inner, width, bias: true), c.activation)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let rest = try pass.restrict(x, block: index)
    let h = try rest + attention(inputNorm(x), pass, block: index)
    guard let update = try feedForward(postAttentionNorm(isParallel ? rest : h), pass, block: index) else {
      return h
    }
    return try h + update
  }
}

private struct GPTNeoXConfiguration {
  let shape: ModelShape
  let heads: AttentionShape
  let rotary: RotaryConfiguration
  let epsilon: Double
  let activation: Activation
  let isParallel: Bool
  let hasAttentionBias: Bool
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
    rotary = try RotaryConfiguration(
      file, baseKey: "rotary_emb_base", shareKey: "rotary_pct", defaultShare: 0.25)
    epsilon = try file.positiveDouble("layer_norm_eps", default: 1e-5)
    activation = try Activation(file, "hidden_act", default: .gelu)
    isParallel = try file.bool("use_parallel_residual", default: true)
    hasAttentionBias = try file.bool("attention_bias", default: true)
    tiesHead = try file.bool("tie_word_embeddings", default: false)
  }
}
