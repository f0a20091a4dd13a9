import CTorch

extension Tensor {
  /// The matrix product over the last two dimensions, broadcasting the others.
  public func matmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("matmul", [self, other]) { ct_matmul(handle, other.handle) }
  }

  /// x Wᵀ + b, for W [out, in].
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) throws(TorchError) -> Tensor {
    try Tensor.make("linear", [self, weight] + (bias.map { [$0] } ?? [])) {
      ct_linear(handle, weight.handle, bias?.handle)
    }
  }

  /// bias + a b for matrices: an affine map whose weight is stored [in, out].
  public static func affine(_ bias: Tensor, _ a: Tensor, _ b: Tensor) throws(TorchError) -> Tensor {
    try make("affine", [bias, a, b]) { ct_addmm(bias.handle, a.handle, b.handle) }
  }

  /// Softmax along a dimension.
  public func softmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try Tensor.make("softmax", [self]) { ct_softmax(handle, Int32(clamping: dimension)) }
  }

  /// log softmax along a dimension.
  public func logSoftmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try Tensor.make("logSoftmax", [self]) { ct_log_softmax(handle, Int32(clamping: dimension)) }
  }

  /// Layer normalization over the last dimension.
  public func layerNorm(_ weight: Tensor?, _ bias: Tensor?, epsilon: Double) throws(TorchError) -> Tensor {
    try Tensor.make("layerNorm", [self]) { ct_layer_norm(handle, weight?.handle, bias?.handle, epsilon) }
  }

  /// Root-mean-square normalization over the last dimension.
  public func rmsNorm(_ weight: Tensor?, epsilon: Double) throws(TorchError) -> Tensor {
    try Tensor.make("rmsNorm", [self]) { ct_rms_norm(handle, weight?.handle, epsilon) }
  }

  /// softmax(scale · q kᵀ + mask) v for q [rows, heads, S, dₕ] and k, v [rows, kv heads, T, dₕ].
  ///
  /// `mask` is boolean (true: may attend) or additive, broadcast to [rows, heads, S, T]; `causal` without a mask lets position
  /// i attend up to position i. Fewer key heads than query heads share each key head among a group.
  public static func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, causal: Bool = false, scale: Double
  ) throws(TorchError) -> Tensor {
    let grouped = q.size(1) != k.size(1)
    return try make("attention", [q, k, v] + (mask.map { [$0] } ?? [])) {
      ct_attention(q.handle, k.handle, v.handle, mask?.handle, causal, scale, grouped)
    }
  }

  /// The mean negative log-likelihood of int64 `targets` [N] under `logits` [N, V], passing over `ignoring`.
  public func crossEntropy(_ targets: Tensor, ignoring: Int = -100) throws(TorchError) -> Tensor {
    try Tensor.make("crossEntropy", [self, targets]) {
      ct_cross_entropy(handle, targets.handle, Int64(ignoring))
    }
  }
}
