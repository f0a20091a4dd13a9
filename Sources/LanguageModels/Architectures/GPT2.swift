import Checkpoints
import Torch

/// Radford et al. 2019: learned positions, pre-norm, fused query/key/value weights stored [in, out].
final class GPT2: LanguageModel {
  let shape: ModelShape
  let moduleNames = ModuleNames.gpt2
  let blocks: [any DecoderBlock]
  let headProjection: VocabularyProjection
  private let embedding: Tensor
  private let positionEmbedding: Tensor
  private let norm: LayerNorm

  init(_ file: ConfigurationFile, _ source: any WeightSource) throws {
    let c = try GPT2Configuration(file)
    let root = WeightScope(source)
    let w = root["transformer"]
    let (embedding, head) = try root.embeddingAndHead("transformer.wte", "lm_head", c.shape, tied: c.tiesHead)
    shape = c.shape
    self.embedding = embedding
    positionEmbedding = try w.tensor("wpe.weight", c.shape.maximumPositions, c.shape.width)
    blocks = try (0..<c.shape.blockCount).map { try GPT2Block(c, w["h"][$0], $0) }
    norm = try w.layerNorm("ln_f", c.shape.width, c.epsilon)
    headProjection = VocabularyProjection(weight: head)
  }

  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor {
    try embedding.embedding(ids) + positionEmbedding.embedding(positions)
  }

  func finalNorm(_ x: Tensor) throws -> Tensor { try norm(x) }
}

private final class GPT2Attention {
  let queryKeyValue: Linear
  let output: Linear
  let heads: Int
  let scale: Double

  init(_ c: GPT2Configuration, _ w: WeightScope, _ index: Int) throws {
    let width = c.shape.width
    queryKeyValue = try w.linear("c_attn", width, 3 * width, bias: true, storage: .inOut)
    output = try w.linear("c_proj", width, width, bias: true, storage: .inOut)
    heads = c.heads
    scale = c.scale(ofBlock: index)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor {
    let width = x.size(1)
    let joint = try queryKeyValue(x)
    func part(_ index: Int) throws -> Tensor {
      try joint.narrow(1, index * width..<(index + 1) * width).view(x.size(0), heads, width / heads)
    }
    return try output(pass.attend(part(0), part(1), part(2), block: block, scale: scale))
  }
}

private final class GPT2Block: DecoderBlock {
  let index: Int
  let norm1: LayerNorm
  let attention: GPT2Attention
  let norm2: LayerNorm
  let feedForward: FeedForward
  var downProjection: Linear { feedForward.down }

  init(_ c: GPT2Configuration, _ w: WeightScope, _ index: Int) throws {
    let (width, inner) = (c.shape.width, c.shape.feedForwardWidth)
    self.index = index
    norm1 = try w.layerNorm("ln_1", width, c.epsilon)
    attention = try GPT2Attention(c, w["attn"], index)
    norm2 = try w.layerNorm("ln_2", width, c.epsilon)
    feedForward = FeedForward(
      up: try w["mlp"].linear("c_fc", width, inner, bias: true, storage: .inOut),
      down: try w["mlp"].linear("c_proj", inner, width, bias: true, storage: .inOut), c.activation)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let h = try pass.restrict(x, block: index) + attention(norm1(x), pass, block: index)
    guard let update = try feedForward(norm2(h), pass, block: index) else { return h }
    return try h + update
  }
}

private struct GPT2Configuration {
  let shape: ModelShape
  let heads: Int
  let epsilon: Double
  let activation: Activation
  let tiesHead: Bool
  let scalesScores: Bool
  let scalesScoresByBlock: Bool

  init(_ file: ConfigurationFile) throws {
    let width = try file.positiveInt("n_embd", "hidden_size")
    shape = ModelShape(
      architecture: try file.modelType,
      blockCount: try file.positiveInt("n_layer", "num_hidden_layers", atMost: 1_000),
      width: width, feedForwardWidth: try file.optionalInt("n_inner") ?? 4 * width,
      vocabularySize: try file.positiveInt("vocab_size"),
      maximumPositions: try file.positiveInt("n_positions", "n_ctx", "max_position_embeddings"))
    heads = try file.attentionShape(width: width).heads
    epsilon = try file.positiveDouble("layer_norm_epsilon", default: 1e-5)
    activation = try Activation(file, "activation_function", default: .geluNew)
    tiesHead = try file.bool("tie_word_embeddings", default: true)
    scalesScores = try file.bool("scale_attn_weights", default: true)
    scalesScoresByBlock = try file.bool("scale_attn_by_inverse_layer_idx", default: false)
  }

  func scale(ofBlock index: Int) -> Double {
    (scalesScores ? 1 / Double(shape.width / heads).squareRoot() : 1)
      / (scalesScoresByBlock ? Double(index + 1) : 1)
  }
}
