import CTorch

extension Tensor {
  private func reduce(
    _ name: String, _ op: ct_reduction, _ over: [Int], _ keep: Bool
  ) throws(TorchError) -> Tensor {
    try Tensor.make(name, [self]) { ct_reduce(op, handle, dimensions(over), Int32(over.count), keep) }
  }

  /// The sum over the given dimensions, or over all.
  public func sum(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("sum", CT_SUM, over, keep)
  }
  /// The mean over the given dimensions, or over all.
  public func mean(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("mean", CT_MEAN, over, keep)
  }
  /// The largest element over the given dimensions, or over all.
  public func max(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("max", CT_AMAX, over, keep)
  }
  /// The smallest element over the given dimensions, or over all.
  public func min(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("min", CT_AMIN, over, keep)
  }
  /// log Σ eˣ over the given dimensions, or over all.
  public func logSumExp(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("logSumExp", CT_LOGSUMEXP, over, keep)
  }
  /// The Euclidean norm over the given dimensions, or over all (Frobenius, for a matrix).
  public func norm(_ over: Int..., keep: Bool = false) throws(TorchError) -> Tensor {
    try reduce("norm", CT_NORM, over, keep)
  }
  /// Whether any element holds.
  public func any() throws(TorchError) -> Bool { try reduce("any", CT_ANY, [], false).item() != 0 }
  /// Whether every element holds.
  public func all() throws(TorchError) -> Bool { try reduce("all", CT_ALL, [], false).item() != 0 }

  /// The index of the largest element along a dimension, as int64.
  public func argmax(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor.make("argmax", [self]) { ct_argmax(handle, Int32(clamping: dimension)) }
  }
  /// Running sums along a dimension.
  public func cumulativeSum(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor.make("cumulativeSum", [self]) { ct_cumsum(handle, Int32(clamping: dimension)) }
  }
  /// The `rank`-th smallest element of a vector, counted from 1.
  public func smallest(_ rank: Int) throws(TorchError) -> Double {
    try Tensor.make("smallest", [self]) { ct_kth_smallest(handle, Int64(rank), 0) }.item()
  }
  /// The `k` largest elements along a dimension in descending order, and where they stand.
  public func top(_ k: Int, _ dimension: Int = -1) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    try Tensor.pair("top", [self]) { ct_topk(handle, Int64(k), Int32(clamping: dimension), &$0, &$1) }
  }
  /// The elements sorted along a dimension, and where they stood.
  public func sorted(
    _ dimension: Int = -1, descending: Bool = false
  ) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    try Tensor.pair("sorted", [self]) { ct_sort(handle, Int32(clamping: dimension), descending, &$0, &$1) }
  }

  /// Wraps two results of one C function.
  static func pair(
    _ operation: String, _ operands: [Tensor], _ body: (inout OpaquePointer?, inout OpaquePointer?) -> Bool
  ) throws(TorchError) -> (Tensor, Tensor) {
    var first: OpaquePointer?
    var second: OpaquePointer?
    guard body(&first, &second), let first, let second else { throw TorchError.last(operation, operands) }
    return (Tensor(adopting: first), Tensor(adopting: second))
  }
}
