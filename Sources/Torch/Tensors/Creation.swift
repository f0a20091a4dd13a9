import CTorch

extension Tensor {
  /// A tensor of one value.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try make("full", []) { ct_full(dimensions(shape), Int32(shape.count), value, dtype.raw, device.raw) }
  }

  /// A tensor of zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try full(shape, 0, dtype: dtype, device: device)
  }

  /// The integers of a range, as a vector.
  public static func range(_ range: Range<Int>, device: Device = .cpu) throws(TorchError) -> Tensor {
    try make("range", []) { ct_arange(Int64(range.lowerBound), Int64(range.upperBound), device.raw) }
  }

  /// The n × n identity.
  public static func identity(
    _ n: Int, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try make("identity", []) { ct_eye(Int64(n), dtype.raw, device.raw) }
  }

  /// Copies `values`, in row-major order, into a tensor of the given shape (a vector where none is given).
  public convenience init<Element: TensorElement>(
    _ values: [Element], shape: [Int]? = nil, device: Device = .cpu
  ) throws(TorchError) {
    let shape = shape ?? [values.count]
    guard Tensor.elementCount(of: shape) == values.count else {
      throw TorchError(
        operation: "tensor", message: "\(values.count) values do not fill the shape", shapes: [shape])
    }
    let copy = values.withUnsafeBytes { bytes in
      withUnsafePointer(to: UInt8(0)) { empty in
        ct_copy_bytes(
          bytes.baseAddress ?? UnsafeRawPointer(empty), dimensions(shape), Int32(shape.count),
          Element.dtype.raw)
      }
    }
    guard let copy else { throw TorchError.last("tensor", []) }
    if device == .cpu {
      self.init(adopting: copy)
    } else {
      let moved = ct_to(copy, Element.dtype.raw, device.raw)
      ct_free(copy)
      guard let moved else { throw TorchError.last("tensor", []) }
      self.init(adopting: moved)
    }
  }

  /// Copies raw bytes, in row-major order, into a tensor.
  public static func copying(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType
  ) throws(TorchError) -> Tensor {
    try checkBytes(bytes.count, shape, dtype)
    return try withUnsafePointer(to: UInt8(0)) { empty throws(TorchError) in
      try make("copying", []) {
        ct_copy_bytes(
          bytes.baseAddress ?? UnsafeRawPointer(empty), dimensions(shape), Int32(shape.count), dtype.raw)
      }
    }
  }

  /// Views memory that `owner` keeps alive, without copying it. The tensor must not be written to if the memory must not.
  public static func borrowing(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, owner: AnyObject
  ) throws(TorchError) -> Tensor {
    try checkBytes(bytes.count, shape, dtype)
    guard let base = bytes.baseAddress, bytes.count > 0 else { return try zeros(shape, dtype: dtype) }
    guard Int(bitPattern: base) % dtype.byteCount == 0 else {
      return try copying(bytes, shape: shape, dtype: dtype)
    }
    let retained = Unmanaged.passRetained(owner).toOpaque()
    let borrowed = ct_borrow_bytes(
      UnsafeMutableRawPointer(mutating: base), dimensions(shape), Int32(shape.count), dtype.raw, retained
    ) { Unmanaged<AnyObject>.fromOpaque($0).release() }
    guard let borrowed else {
      Unmanaged<AnyObject>.fromOpaque(retained).release()
      throw TorchError.last("borrowing", [])
    }
    return Tensor(adopting: borrowed)
  }

  private static func checkBytes(_ byteCount: Int, _ shape: [Int], _ dtype: DType) throws(TorchError) {
    let needed = elementCount(of: shape)?.multipliedReportingOverflow(by: dtype.byteCount)
    guard let needed, !needed.overflow, needed.partialValue == byteCount else {
      throw TorchError(
        operation: "tensor", message: "\(byteCount) bytes do not fill the shape in \(dtype)", shapes: [shape])
    }
  }

  private static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}
