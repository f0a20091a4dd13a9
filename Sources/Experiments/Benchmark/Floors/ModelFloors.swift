import KnowledgeEditing
import Torch

/// Floors of what is done with a model: how many tokens must pass which weights.
struct ModelFloors {
  let shape: RandomModelShape
  /// The type the model computes in.
  let dtype: DType

  /// `rows` tokens through some maps, all of them at once: each weight is read once.
  func forward(_ rows: Int, _ maps: [LinearMap], blocks: Int = 1) -> Floor.Stage {
    var stage = Floor.Stage(dtype: dtype)
    guard rows > 0, blocks > 0 else { return stage }
    stage.products = maps.map {
      (MatrixProduct(rows: rows, inner: $0.input, outer: $0.output), Double(blocks))
    }
    stage.bytes = Double(blocks * maps.reduce(0) { $0 + $1.weightCount } * dtype.byteCount)
    return stage
  }

  /// Tokens through the last of several blocks of which only `outputs` tokens' states are asked for: all are keys and values, but
  /// only those pass the rest.
  private func lastBlock(_ rows: Int, outputs: Int) -> [Floor.Stage] {
    let rest = [shape.attentionOutput] + shape.upProjections + [shape.downProjection]
    return [forward(rows, shape.attentionInputs), forward(outputs, rest)]
  }

  /// Tokens through all blocks from one on, and some of them through the head.
  private func upwards(_ rows: Int, outputs: Int, blocks: Int) -> [Floor.Stage] {
    let head = forward(outputs, [shape.head])
    guard blocks > 0 else { return [head] }
    return [forward(rows, shape.blockMaps, blocks: blocks - 1)] + lastBlock(rows, outputs: outputs) + [head]
  }

  /// The same products on the way back, with respect to states only: weights have no gradient, so it is as much again.
  private static func backward(_ stages: [Floor.Stage]) -> [Floor.Stage] {
    stages.map { stage in
      var stage = stage
      stage.products = stage.products.map { ($0.product.backward, $0.count) }
      return stage
    }
  }
}

extension ModelFloors {
  /// Target values of facts of which `factsAtOnce` are optimised together.
  ///
  /// δ enters behind block `last`. Blocks up to it see no change, so all tokens pass them once. Above it, tokens before the subject
  /// see none either: they pass once, the last block for its keys and values only. What is left is each step's: the tokens from the
  /// subject's last on, forth and back, and the head at the places where it is asked. The published search makes one update fewer
  /// than it has `steps`.
  func targetValues(
    _ tokens: PromptTokens, facts: Int, factsAtOnce: Int, last: Int, steps: Int
  ) -> Floor {
    let parts = max(1, (facts + factsAtOnce - 1) / factsAtOnce)
    func rows(_ count: Int) -> Int { (count + parts - 1) / parts }
    let upper = shape.blockCount - last - 1
    let shared = upwards(tokens.shared, outputs: 0, blocks: shape.blockCount)
    let setUp = [
      forward(rows(tokens.whole), shape.blockMaps, blocks: last + 1),
      forward(rows(tokens.beforeSubject), shape.blockMaps, blocks: upper - 1),
      forward(rows(tokens.beforeSubject), shape.attentionInputs, blocks: min(upper, 1)),
    ]
    let forth = upwards(rows(tokens.suffix), outputs: rows(tokens.outputs), blocks: upper)
    let step = forth + Self.backward(forth)
    let count = Double(parts)
    return Floor(
      stages: shared + setUp.map { $0.times(count) }
        + step.map { $0.times(count * Double(max(0, steps - 1))) })
  }

  /// Keys of `layers`, and what is written there already.
  ///
  /// Prompts pass each block from the first edited one to the last once, after its weight has changed, the last for its keys only.
  /// How much remains to be written must be seen anew behind each change but the last: the bare prompts from there to the last layer.
  func keys(_ tokens: PromptTokens, facts: Int, layers: [Int]) -> Floor {
    guard let first = layers.first, let last = layers.last else { return Floor(stages: []) }
    let upToKey = [shape.attentionOutput] + shape.upProjections
    let reading = [
      forward(tokens.keyed, shape.blockMaps, blocks: last - first),
      forward(tokens.keyed, shape.attentionInputs), forward(tokens.keyRows, upToKey),
    ]
    let remaining = layers.dropFirst().flatMap { layer in
      [forward(tokens.bare, shape.blockMaps, blocks: last - layer)]
        + lastBlock(tokens.bare, outputs: facts)
    }
    return Floor(stages: reading + remaining)
  }

  /// Σ kkᵀ of some layers over tokens of which `tokensAtOnce` run together: every block up to the last layer's down-projection, and
  /// of each symmetric sum one half, in float32.
  func statistics(tokens: Int, tokensAtOnce: Int, layers: [Int]) -> Floor {
    let rows = min(tokens, tokensAtOnce)
    let passes = Double(tokens) / Double(max(1, rows))
    let n = shape.feedForwardWidth
    let sum = Floor.Stage(
      products: [(MatrixProduct(rows: n, inner: rows, outer: n), 0.5 * Double(layers.count))],
      dtype: .float32)
    let reading = [
      forward(rows, shape.blockMaps, blocks: layers.last ?? 0),
      forward(rows, shape.attentionInputs + [shape.attentionOutput] + shape.upProjections),
    ]
    return Floor(stages: (reading + [sum]).map { $0.times(passes) })
  }

  /// Questions about `outputs` places of texts that have `tokens` different beginnings: a token that follows the same beginning in
  /// several texts is run once.
  func scores(tokens: Int, outputs: Int, tokensAtOnce: Int) -> Floor {
    let passes = max(1, (tokens + tokensAtOnce - 1) / tokensAtOnce)
    func rows(_ count: Int) -> Int { (count + passes - 1) / passes }
    return Floor(
      stages: upwards(rows(tokens), outputs: rows(outputs), blocks: shape.blockCount).map {
        $0.times(Double(passes))
      })
  }

  /// `new` tokens behind each of `prompts` prompts of some length, all at once. Each token is read once; all weights and the cached
  /// keys and values are read for each.
  func generation(prompts: Int, length: Int, new: Int) -> Floor {
    let reading = upwards(prompts * length, outputs: prompts, blocks: shape.blockCount)
    var step = forward(prompts, shape.blockMaps, blocks: shape.blockCount)
    let cached = Double(prompts * shape.blockCount * shape.cachedWidth * dtype.byteCount)
    step.bytes += cached * (Double(length) + Double(new) / 2)
    let head = forward(prompts, [shape.head])
    return Floor(stages: reading + [step, head].map { $0.times(Double(max(0, new - 1))) })
  }
}

extension Floor {
  /// ΔW = R S⁻¹ (GK)ᵀ for u keys of length n beside `remembered` earlier ones, with G in q + `remembered` vectors: these are read
  /// once, and multiplied forth and back; then KᵀGK, half of which is enough, and Z = GK L⁻ᵀ for a triangular L.
  static func solve(n: Int, facts u: Int, basis q: Int, remembered: Int, dtype: DType = .float32) -> Floor {
    let vectors = q + remembered
    let products = [
      (product: MatrixProduct(rows: vectors, inner: n, outer: u), count: 1.0),
      (product: MatrixProduct(rows: n, inner: vectors, outer: u), count: 1.0),
      (product: MatrixProduct(rows: u, inner: n, outer: u), count: 0.5),
      (product: MatrixProduct(rows: n, inner: u, outer: u), count: 0.5),
    ]
    return Floor(
      stages: [
        Stage(
          products: products.filter { $0.product.rows * $0.product.inner > 0 }, dtype: dtype,
          bytes: Double(n * vectors * dtype.byteCount))
      ])
  }

  /// The q leading eigenvectors of an n × n matrix, in float64: whoever says that they are must have multiplied the matrix by them
  /// once.
  static func eigenvectors(n: Int, count q: Int) -> Floor {
    Floor(
      stages: [
        Stage(
          products: [(MatrixProduct(rows: n, inner: n, outer: q), 1)], dtype: .float64,
          bytes: Double(n * n * DType.float64.byteCount))
      ])
  }
}
