import Torch

/// One block of a decoder: attention and a feed-forward network on a residual stream.
public protocol DecoderBlock: AnyObject {
  /// Hidden states [N, d] after the block, from those before it; fewer tokens where the pass restricts the
  /// block.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor
  /// The last map of the feed-forward network.
  var downProjection: Linear { get }
  /// Whether what the feed-forward network gives is added to the residual stream as it is, so that a vector added to it is
  /// the same as that vector added to the block's output.
  var addsFeedForwardAsIs: Bool { get }
}

extension DecoderBlock {
  /// So it is in all architectures but those with a norm behind the feed-forward network.
  public var addsFeedForwardAsIs: Bool { true }
}

/// A decoder that can be run in parts.
///
/// Hidden states are [N, d] for the N tokens of a packed batch; a full run is
///
/// ```swift
/// let pass = try ForwardPass(tokens, of: model)
/// var hidden = try model.embed(tokens.ids, positions: pass.positions)
/// hidden = try model.run(0..<model.blockCount, hidden, pass)
/// let logits = try model.head(model.finalNorm(hidden))
/// ```
public protocol LanguageModel: AnyObject {
  /// The model's sizes.
  var shape: ModelShape { get }
  /// What its modules are called.
  var moduleNames: ModuleNames { get }
  /// Its blocks in order.
  var blocks: [any DecoderBlock] { get }
  /// Its head.
  var headProjection: VocabularyProjection { get }
  /// The states [N, d] before block 0 of int64 ids [N].
  ///
  /// - Parameter positions: each token's place in its row, int64 [N]
  func embed(_ ids: Tensor, positions: Tensor) throws -> Tensor
  /// The norm between the last block and the head.
  func finalNorm(_ x: Tensor) throws -> Tensor
}

extension LanguageModel {
  /// `model_type` of `config.json`.
  public var architecture: String { shape.architecture }
  /// How many blocks there are.
  public var blockCount: Int { blocks.count }
  /// d, the width of hidden states.
  public var width: Int { shape.width }
  /// n, what down-projections take in.
  public var feedForwardWidth: Int { shape.feedForwardWidth }
  /// V, the number of token ids.
  public var vocabularySize: Int { shape.vocabularySize }
  /// The longest sequence.
  public var maximumPositions: Int { shape.maximumPositions }
  /// The type of weights and hidden states.
  public var dtype: DType { headProjection.weight.dtype }
  /// Where the weights are.
  public var device: Device { headProjection.weight.device }
  /// The down-projection of each block.
  public var downProjections: [Linear] { blocks.map(\.downProjection) }

  /// Logits [N, V] of states after ``finalNorm(_:)``.
  public func head(_ normed: Tensor) throws -> Tensor { try headProjection(normed) }

  /// Runs one block.
  public func runBlock(_ index: Int, _ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    guard blocks.indices.contains(index) else {
      throw LanguageModelError.invalidPass("block \(index) of a model of \(blockCount) blocks was to be run.")
    }
    guard x.shape == [pass.tokenCount, width] else {
      throw LanguageModelError.invalidPass(
        "block \(index) was given states of shape \(x.shape) in a pass over \(pass.tokenCount) tokens of width "
          + "\(width); no block can follow a restricted one.")
    }
    return try blocks[index](x, pass)
  }

  /// Runs blocks one after the other on the states [N, d] before the first of them, to the last or to where
  /// the pass ends the run.
  public func run(_ range: Range<Int>, _ hidden: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var x = hidden
    for index in range {
      x = try runBlock(index, x, pass)
      if pass.stopsAtDownProjection(of: index) { break }
    }
    return x
  }

  /// Checks that sequences have tokens, of the vocabulary and no more than the model reaches.
  ///
  /// Accelerators stop a whole process for an id outside of the vocabulary, so this comes before
  /// ``embed(_:positions:)``.
  public func check(_ sequences: [[Int]]) throws {
    for (row, ids) in sequences.enumerated() {
      if ids.isEmpty { throw LanguageModelError.sequence(row: row, reason: "it has no tokens.") }
      if let id = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
        throw LanguageModelError.sequence(
          row: row,
          reason: "token id \(id) is outside of the model's vocabulary of \(vocabularySize); "
            + "the tokenizer belongs to another model.")
      }
      if ids.count > maximumPositions {
        throw LanguageModelError.sequence(
          row: row,
          reason: "it has \(ids.count) tokens, and the model reaches \(maximumPositions). Shorten it.")
      }
    }
  }

  /// Logits [N, V] of every token of a batch.
  public func logits(_ tokens: PackedTokens) throws -> Tensor {
    try check(tokens.sequences)
    let pass = try ForwardPass(tokens, of: self)
    let hidden = try embed(tokens.ids, positions: pass.positions)
    return try head(finalNorm(run(0..<blockCount, hidden, pass)))
  }
}
