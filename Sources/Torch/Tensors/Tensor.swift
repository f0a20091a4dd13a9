import CTorch

/// An n-dimensional array held by libtorch.
///
/// A tensor is a handle: views share their base's memory, and the memory is freed when the last handle goes, which is as
/// soon as Swift sees it used for the last time. Operations return new tensors; those whose names end in `InPlace` change the
/// memory of the receiver and of everything that views it. Failures of libtorch are thrown as ``TorchError``.
public final class Tensor: @unchecked Sendable {
  // Handles are immutable and libtorch counts references atomically; in-place writes are ordered by whoever makes them.
  let handle: OpaquePointer

  init(adopting handle: OpaquePointer) { self.handle = handle }

  deinit { ct_free(handle) }

  /// The length of each dimension.
  public var shape: [Int] { (0..<rank).map { Int(ct_size(handle, Int32($0))) } }

  /// How many dimensions the tensor has.
  public var rank: Int { Int(ct_rank(handle)) }

  /// How many elements the tensor has.
  public var count: Int { Int(ct_count(handle)) }

  /// The type of its elements.
  public var dtype: DType { DType(ct_get_dtype(handle)) }

  /// Where its memory lies.
  public var device: Device { Device(ct_get_device(handle)) }

  /// The length of one dimension, counted from the end where negative; 0 where there is no such dimension.
  public func size(_ dimension: Int) -> Int {
    let index = dimension < 0 ? dimension + rank : dimension
    return Swift.max(0, Int(ct_size(handle, Int32(clamping: index))))
  }

  /// Wraps what a C function returned, or throws what it left as its message.
  @inline(__always)
  static func make(
    _ operation: String, _ operands: [Tensor], _ body: () -> OpaquePointer?
  ) throws(TorchError) -> Tensor {
    guard let handle = body() else { throw TorchError.last(operation, operands) }
    return Tensor(adopting: handle)
  }

  @inline(__always)
  static func run(_ operation: String, _ operands: [Tensor], _ body: () -> Bool) throws(TorchError) {
    guard body() else { throw TorchError.last(operation, operands) }
  }

  /// Calls `body` with the handles of `tensors` as a C array.
  static func withHandles<Result>(
    _ tensors: [Tensor], _ body: (UnsafePointer<OpaquePointer>) -> Result?
  ) -> Result? {
    let handles = tensors.map(\.handle)
    return withExtendedLifetime(tensors) {
      handles.withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap(body) }
    }
  }
}

func dimensions(_ shape: [Int]) -> [Int64] { shape.map(Int64.init) }
