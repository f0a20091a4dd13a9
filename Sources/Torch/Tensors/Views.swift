import CTorch

extension Tensor {
  /// The same memory seen in another shape; one length may be -1.
  public func view(_ shape: Int...) throws(TorchError) -> Tensor { try view(shape) }

  /// The same memory seen in another shape; one length may be -1.
  public func view(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor.make("view", [self]) { ct_view(handle, dimensions(shape), Int32(shape.count)) }
  }

  /// The same values in another shape, copied only where a view cannot be had.
  public func reshape(_ shape: Int...) throws(TorchError) -> Tensor {
    try Tensor.make("reshape", [self]) { ct_reshape(handle, dimensions(shape), Int32(shape.count)) }
  }

  /// Dimensions of length 1 repeated, without a copy, to fill `shape`.
  public func expand(_ shape: Int...) throws(TorchError) -> Tensor {
    try Tensor.make("expand", [self]) { ct_expand(handle, dimensions(shape), Int32(shape.count)) }
  }

  /// The dimensions in another order.
  public func permute(_ order: Int...) throws(TorchError) -> Tensor {
    try Tensor.make("permute", [self]) { ct_permute(handle, dimensions(order), Int32(order.count)) }
  }

  /// Two dimensions exchanged.
  public func transpose(_ a: Int, _ b: Int) throws(TorchError) -> Tensor {
    try Tensor.make("transpose", [self]) { ct_transpose(handle, Int32(clamping: a), Int32(clamping: b)) }
  }

  /// The last two dimensions exchanged.
  public func transposed() throws(TorchError) -> Tensor { try transpose(-2, -1) }

  /// Without the dimension, which must have length 1 (otherwise the tensor itself).
  public func squeeze(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor.make("squeeze", [self]) { ct_squeeze(handle, Int32(clamping: dimension)) }
  }

  /// With a dimension of length 1 put in.
  public func unsqueeze(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor.make("unsqueeze", [self]) { ct_unsqueeze(handle, Int32(clamping: dimension)) }
  }

  /// The part of a dimension given by `range`, as a view.
  public func narrow(_ dimension: Int, _ range: Range<Int>) throws(TorchError) -> Tensor {
    try Tensor.make("narrow", [self]) {
      ct_narrow(handle, Int32(clamping: dimension), Int64(range.lowerBound), Int64(range.count))
    }
  }

  /// One index of a dimension, which goes.
  public func select(_ dimension: Int, _ index: Int) throws(TorchError) -> Tensor {
    try Tensor.make("select", [self]) { ct_select(handle, Int32(clamping: dimension), Int64(index)) }
  }

  /// The rows (or what `dimension` counts) named by a vector of int64 indices.
  public func indexSelect(_ dimension: Int, _ index: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("indexSelect", [self, index]) {
      ct_index_select(handle, Int32(clamping: dimension), index.handle)
    }
  }

  /// `result[i][j] = self[i][index[i][j]]`, for `dimension` 1 (and likewise for others).
  public func gather(_ dimension: Int, _ index: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("gather", [self, index]) { ct_gather(handle, Int32(clamping: dimension), index.handle) }
  }

  /// `self` plus `source` added at `index` along `dimension`.
  public func scatterAdd(_ dimension: Int, _ index: Tensor, _ source: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("scatterAdd", [self, index, source]) {
      ct_scatter_add(handle, Int32(clamping: dimension), index.handle, source.handle)
    }
  }

  /// Adds `source` at `index` along `dimension`, in place.
  public func scatterAddInPlace(_ dimension: Int, _ index: Tensor, _ source: Tensor) throws(TorchError) {
    try Tensor.run("scatterAddInPlace", [self, index, source]) {
      ct_scatter_add_(handle, Int32(clamping: dimension), index.handle, source.handle)
    }
  }

  /// A copy whose rows named by `index` are `source`'s.
  public func indexCopy(_ dimension: Int, _ index: Tensor, _ source: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("indexCopy", [self, index, source]) {
      ct_index_copy(handle, Int32(clamping: dimension), index.handle, source.handle)
    }
  }

  /// A copy to whose rows named by `index` those of `source` are added.
  public func indexAdd(_ dimension: Int, _ index: Tensor, _ source: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("indexAdd", [self, index, source]) {
      ct_index_add(handle, Int32(clamping: dimension), index.handle, source.handle)
    }
  }

  /// Rows of an embedding table [V, d] for int64 `ids` of any shape.
  public func embedding(_ ids: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("embedding", [self, ids]) { ct_embedding(handle, ids.handle) }
  }

  /// Tensors joined along a dimension.
  public static func concatenate(_ tensors: [Tensor], _ dimension: Int) throws(TorchError) -> Tensor {
    guard !tensors.isEmpty else {
      throw TorchError(operation: "concatenate", message: "no tensors were given")
    }
    if tensors.count == 1 { return tensors[0] }
    return try make("concatenate", tensors) {
      withHandles(tensors) { ct_cat($0, Int32(tensors.count), Int32(clamping: dimension)) }
    }
  }

  /// Tensors of one shape laid along a new dimension.
  public static func stack(_ tensors: [Tensor], _ dimension: Int) throws(TorchError) -> Tensor {
    guard !tensors.isEmpty else { throw TorchError(operation: "stack", message: "no tensors were given") }
    return try make("stack", tensors) {
      withHandles(tensors) { ct_stack($0, Int32(tensors.count), Int32(clamping: dimension)) }
    }
  }

  /// `a` where this truth tensor holds, `b` elsewhere.
  public func choose(_ a: Tensor, _ b: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("choose", [self, a, b]) { ct_where(handle, a.handle, b.handle) }
  }

  /// A copy with `value` where `mask` holds.
  public func maskedFill(_ mask: Tensor, _ value: Double) throws(TorchError) -> Tensor {
    try Tensor.make("maskedFill", [self, mask]) { ct_masked_fill(handle, mask.handle, value) }
  }

  /// The lower triangle up to `diagonal`, zeros elsewhere.
  public func lowerTriangle(_ diagonal: Int = 0) throws(TorchError) -> Tensor {
    try Tensor.make("lowerTriangle", [self]) { ct_tril(handle, Int64(diagonal)) }
  }

  /// The upper triangle from `diagonal` on, zeros elsewhere.
  public func upperTriangle(_ diagonal: Int = 0) throws(TorchError) -> Tensor {
    try Tensor.make("upperTriangle", [self]) { ct_triu(handle, Int64(diagonal)) }
  }

  /// The diagonal of a matrix, as a view.
  public func diagonal() throws(TorchError) -> Tensor {
    try Tensor.make("diagonal", [self]) { ct_diagonal(handle) }
  }

  /// A dimension in reverse order.
  public func flip(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor.make("flip", [self]) { ct_flip(handle, Int32(clamping: dimension)) }
  }
}
