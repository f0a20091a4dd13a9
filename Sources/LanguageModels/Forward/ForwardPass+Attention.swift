import Torch

extension ForwardPass {
  /// Causal attention within rows, over cached tokens and the pass's own.
  ///
  /// - Parameters:
  ///   - q: queries [N, heads, head width]
  ///   - k: keys [N, key/value heads, head width], after the rotary embedding
  ///   - v: values [N, key/value heads, head width]
  ///   - scale: what scores q·k are multiplied by
  ///   - window: how many tokens, itself included, a token looks back on; all where nil
  ///   - softCap: c of c·tanh(score/c), Gemma 2's bound on scores
  /// - Returns: [N, heads · head width], restricted to the tokens that the block must produce.
  func attend(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, block: Int, scale: Double, window: Int? = nil,
    softCap: Double? = nil
  ) throws -> Tensor {
    var start = 0
    let outputs = try groups.enumerated().map { index, group in
      let tokens = start..<start + group.tokenCount
      start = tokens.upperBound
      func byRow(_ x: Tensor) throws -> Tensor {
        try x.narrow(0, tokens).view(group.rows, group.length, x.size(1), x.size(2)).transpose(1, 2)
      }
      let (keys, values) = try extend(group, index, byRow(k), byRow(v), block)
      let attended: Tensor
      if let softCap {
        attended = try Self.cappedAttention(
          byRow(q), keys, values, mask: mask(ofGroup: index, window, always: true), scale: scale, softCap)
      } else {
        let mask = try mask(ofGroup: index, window, always: false)
        let causal = mask == nil && group.length > 1
        attended = try Tensor.attention(byRow(q), keys, values, mask: mask, causal: causal, scale: scale)
      }
      return try attended.transpose(1, 2).reshape(group.tokenCount, -1)
    }
    return try restrict(Tensor.concatenate(outputs, 0), block: block)
  }

  /// The group's keys and values behind its cached ones, which are recorded where asked for.
  private func extend(
    _ group: RowGroup, _ index: Int, _ keys: Tensor, _ values: Tensor, _ block: Int
  ) throws -> (Tensor, Tensor) {
    var (keys, values) = (keys, values)
    if let past = group.past, past.width > 0 {
      guard let pastKeys = past.keys[block], let pastValues = past.values[block] else {
        throw LanguageModelError.invalidPass(
          "no keys and values of block \(block) are cached for group \(index).")
      }
      keys = try Tensor.concatenate([pastKeys, keys], 2)
      values = try Tensor.concatenate([pastValues, values], 2)
    }
    if recordsKeyValues {
      let order = try group.past.flatMap { try $0.isUnpadded ? nil : unpaddedOrder(group, $0) }
      recorded[index].keys[block] = try order.map { try keys.gatherTokens($0) } ?? keys
      recorded[index].values[block] = try order.map { try values.gatherTokens($0) } ?? values
    }
    return (keys, values)
  }

  /// Where the real tokens of [cached, padding, own] lie, in order, for each row, [rows, P + S].
  private func unpaddedOrder(_ group: RowGroup, _ past: PastKeyValues) throws -> Tensor {
    let width = past.width
    let indices = past.lengths.flatMap { length in
      Array(0..<length) + Array(width..<width + group.length) + Array(length..<width)
    }
    return try Tensor(indices, shape: [group.rows, width + group.length], device: device)
  }

  /// softmax(c · tanh(scale · q kᵀ / c) + mask) v.
  private static func cappedAttention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor?, scale: Double, _ cap: Double
  ) throws -> Tensor {
    let (rows, heads, length, width) = (q.size(0), q.size(1), q.size(2), q.size(3))
    let shared = k.size(1)
    let grouped = try q.view(rows, shared, heads / shared, length, width)
    var scores = try (grouped.matmul(k.unsqueeze(2).transposed()) * (scale / cap)).tanh() * cap
    if let mask { scores = try scores + mask.unsqueeze(2) }
    // As the model was trained: bfloat16 has no digits left for small probabilities.
    let probabilities = try scores.to(scores.dtype.precise).softmax().to(v.dtype)
    return try probabilities.matmul(v.unsqueeze(2)).reshape(rows, heads, length, width)
  }
}

extension Tensor {
  /// [rows, heads, tokens, width] with each row's tokens in the order given, [rows, tokens].
  fileprivate func gatherTokens(_ order: Tensor) throws -> Tensor {
    try gather(2, order.unsqueeze(1).unsqueeze(3).expand(size(0), size(1), size(2), size(3)))
  }
}
