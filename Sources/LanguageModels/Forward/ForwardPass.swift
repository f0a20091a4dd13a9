import Torch

/// One computation of a model on a packed batch: what attention must know of rows, what is looked at, what
/// is left out.
///
/// ```swift
/// let pass = try ForwardPass(tokens, of: model)
/// pass.onDownProjectionInput = { block, input in … }      // the keys of the MEMIT family
/// pass.stop(atDownProjectionOf: 5)
/// let hidden = try model.embed(tokens.ids, positions: pass.positions)
/// _ = try model.run(0..<6, hidden, pass)
/// ```
///
/// Everything but attention works on tokens [N, …] and never sees rows or padding. Running the same blocks
/// again with the same pass, as an optimizer does, makes masks and rotations once only.
public final class ForwardPass {
  /// The rows, group by group.
  public let groups: [RowGroup]
  /// Where the pass computes.
  public let device: Device
  /// The type it computes in.
  public let dtype: DType
  /// The place of each token in its row, counting from the row's first cached token, int64 [N].
  public let positions: Tensor
  /// One more than the largest of ``positions``.
  public let positionLimit: Int
  /// N.
  public let tokenCount: Int
  /// Called with the input [N, n] of each block's down-projection, restricted as the block's output is.
  public var onDownProjectionInput: ((_ block: Int, _ input: Tensor) throws -> Void)?
  /// Keys and values of the blocks run, cached ones included, for each group; empty unless asked for.
  public internal(set) var recorded: [PastKeyValues]

  let recordsKeyValues: Bool
  var restriction: (block: Int, tokens: Tensor)?
  var masks: [MaskKey: Tensor] = [:]
  private var stoppingBlock: Int?
  private var rotations: [ObjectIdentifier: Rotation] = [:]

  /// A pass over groups of rows.
  ///
  /// - Parameter recordsKeyValues: whether to keep keys and values in ``recorded``.
  /// - Throws: ``LanguageModelError`` where a group is empty or its cache has another number of rows.
  public init(
    groups: [RowGroup], device: Device = .cpu, dtype: DType = .float32, recordsKeyValues: Bool = false
  ) throws {
    var positions: [Int] = []
    for (index, group) in groups.enumerated() {
      guard group.rows > 0, group.length > 0 else {
        throw LanguageModelError.invalidPass(
          "group \(index) has \(group.rows) rows of \(group.length) tokens.")
      }
      let pastLengths = group.past?.lengths ?? Array(repeating: 0, count: group.rows)
      guard pastLengths.count == group.rows else {
        throw LanguageModelError.invalidPass(
          "group \(index) has \(group.rows) rows, but \(pastLengths.count) rows are cached for it.")
      }
      for past in pastLengths { positions += past..<past + group.length }
    }
    self.groups = groups
    self.device = device
    self.dtype = dtype
    self.positions = try Tensor(positions, device: device)
    tokenCount = positions.count
    positionLimit = (positions.max() ?? -1) + 1
    self.recordsKeyValues = recordsKeyValues
    recorded =
      recordsKeyValues
      ? groups.map { group in
        PastKeyValues(lengths: (0..<group.rows).map { (group.past?.lengths[$0] ?? 0) + group.length })
      } : []
  }

  /// A pass over a batch, where and as `model` computes.
  public convenience init(
    _ tokens: PackedTokens, of model: any LanguageModel, recordsKeyValues: Bool = false
  ) throws {
    try self.init(
      groups: tokens.groups, device: model.device, dtype: model.dtype, recordsKeyValues: recordsKeyValues)
  }

  /// Lets `block` give the states of these packed tokens only, in their order; the others only serve as keys
  /// and values. The hidden states are [N′, d] afterwards, so no block can follow.
  ///
  /// - Parameter tokens: packed indices, int64 [N′].
  public func restrictOutput(ofBlock block: Int, to tokens: Tensor) { restriction = (block, tokens) }

  /// Ends the run once the input of this block's down-projection has been seen; what the run returns then is
  /// of no use.
  public func stop(atDownProjectionOf block: Int) { stoppingBlock = block }

  /// Whether the run ends at this block's down-projection.
  public func stopsAtDownProjection(of block: Int) -> Bool { stoppingBlock == block }

  /// The rows of `x` [N, …] that `block` still has to produce.
  func restrict(_ x: Tensor, block: Int) throws -> Tensor {
    guard let restriction, restriction.block == block else { return x }
    return try x.indexSelect(0, restriction.tokens)
  }

  /// The down-projection of what is shown to ``onDownProjectionInput`` first; nil where the run ends there.
  func project(_ input: Tensor, _ projection: Linear, block: Int) throws -> Tensor? {
    try onDownProjectionInput?(block, input)
    return stopsAtDownProjection(of: block) ? nil : try projection(input)
  }

  /// The angles' cosines and sines at this pass's positions, gathered once for all blocks.
  func rotation(of embedding: RotaryEmbedding) throws -> Rotation {
    let key = ObjectIdentifier(embedding)
    if let known = rotations[key] { return known }
    let rotation = try embedding.rotation(at: positions, limit: positionLimit)
    rotations[key] = rotation
    return rotation
  }
}
