extension MappedTensor {
  /// The number of elements that are NaN or infinite; 0 for types that have no such values.
  ///
  /// - Throws: ``CheckpointError`` if the file changed while it was read.
  public func nonFiniteCount() throws(CheckpointError) -> Int {
    let count = uncheckedNonFiniteCount()
    try file.checkUnchanged()
    return count
  }

  func uncheckedNonFiniteCount() -> Int {
    switch dtype {
    case .float16: count(UInt16.self, exponent: 0x7C00)
    case .bfloat16: count(UInt16.self, exponent: 0x7F80)
    case .float32, .complex64: count(UInt32.self, exponent: 0x7F80_0000)
    case .float64: count(UInt64.self, exponent: 0x7FF0_0000_0000_0000)
    case .float8e5m2: count(UInt8.self, exponent: 0x7C)
    case .float8e4m3: count(UInt8.self, exponent: 0x7F)
    case .float8e8m0: count(UInt8.self, exponent: 0xFF)
    default: 0
    }
  }

  /// How many elements have all bits of `exponent` set.
  private func count<Bits: FixedWidthInteger>(_: Bits.Type, exponent: Bits) -> Int {
    let bytes = bytes
    let size = MemoryLayout<Bits>.size
    var count = 0
    for offset in stride(from: 0, to: bytes.count - bytes.count % size, by: size) {
      let bits = bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self)
      count &+= bits & exponent == exponent ? 1 : 0
    }
    return count
  }
}

extension SafetensorsFile {
  /// Reads all tensors and returns a warning for each that holds NaN or an infinity.
  ///
  /// - Throws: ``CheckpointError`` if the file changed while it was read.
  public func nonFiniteWarnings() throws(CheckpointError) -> [CheckpointWarning] {
    let mapped = tensors.map { MappedTensor(info: $0, file: file) }
    let counts = concurrentMap(mapped) { $0.uncheckedNonFiniteCount() }
    try checkNotTruncated()
    return zip(mapped, counts).filter { $1 > 0 }.map { tensor, count in
      CheckpointWarning(
        file: url.path, message: "tensor “\(tensor.name)” holds \(count) values that are NaN or infinite.")
    }
  }
}
