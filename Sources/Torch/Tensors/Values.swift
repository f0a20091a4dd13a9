import CTorch

extension Tensor {
  /// The tensor in another element type, itself where it has that type.
  public func to(_ dtype: DType) throws(TorchError) -> Tensor { try to(dtype, device) }

  /// The tensor on another device, itself where it is there.
  public func to(_ device: Device) throws(TorchError) -> Tensor { try to(dtype, device) }

  /// The tensor in another element type on another device.
  public func to(_ dtype: DType, _ device: Device) throws(TorchError) -> Tensor {
    try Tensor.make("to", [self]) { ct_to(handle, dtype.raw, device.raw) }
  }

  /// The same values in row-major memory; itself where they are already.
  public func contiguous() throws(TorchError) -> Tensor {
    try Tensor.make("contiguous", [self]) { ct_contiguous(handle) }
  }

  /// A copy with memory of its own.
  public func clone() throws(TorchError) -> Tensor {
    try Tensor.make("clone", [self]) { ct_clone(handle) }
  }

  /// The value of a tensor of one element.
  public func item() throws(TorchError) -> Double {
    var value = 0.0
    try Tensor.run("item", [self]) { ct_item(handle, &value) }
    return value
  }

  /// The elements in row-major order, converted to `Element`.
  public func array<Element: TensorElement>(_ type: Element.Type = Element.self) throws(TorchError)
    -> [Element]
  {
    let count = count
    return try withBytes(of: to(Element.dtype, .cpu)) { bytes in
      [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = bytes.baseAddress, count > 0 {
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride))
        }
        initialized = count
      }
    }
  }

  /// Calls `body` with the elements' bytes in row-major order and the tensor's own element type.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let local = try to(.cpu).contiguous()
    return try withExtendedLifetime(local) {
      try body(
        UnsafeRawBufferPointer(start: ct_data(local.handle), count: local.count * local.dtype.byteCount))
    }
  }

  private func withBytes<Result>(
    of tensor: Tensor, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(TorchError) -> Result {
    let local = try tensor.contiguous()
    return withExtendedLifetime(local) {
      body(UnsafeRawBufferPointer(start: ct_data(local.handle), count: local.count * local.dtype.byteCount))
    }
  }

  /// Copies `source` (broadcast, converted) over this tensor's memory.
  public func copyInPlace(_ source: Tensor) throws(TorchError) {
    try Tensor.run("copyInPlace", [self, source]) { ct_copy_(handle, source.handle) }
  }

  /// Sets every element to `value`.
  public func fillInPlace(_ value: Double) throws(TorchError) {
    try Tensor.run("fillInPlace", [self]) { ct_fill_(handle, value) }
  }
}
