/// The type of a stored tensor's elements, under the name that safetensors files give it.
public enum StoredType: String, Sendable, Hashable, CaseIterable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6e2m3 = "F6_E2M3"
  case float6e3m2 = "F6_E3M2"
  case uint8 = "U8"
  case int8 = "I8"
  case float8e5m2 = "F8_E5M2"
  case float8e4m3 = "F8_E4M3"
  case float8e8m0 = "F8_E8M0"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// The size of one element in bits; several elements may share a byte.
  public var bits: Int {
    switch self {
    case .float4: 4
    case .float6e2m3, .float6e3m2: 6
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// The alignment that a program reading elements in place needs, in bytes.
  public var alignment: Int { self == .complex64 ? 4 : max(1, bits / 8) }

  /// The size of a tensor of this type in bytes, or nil when it overflows, is negative, or is not whole.
  ///
  /// - Parameter shape: the dimensions; none for a scalar.
  public func byteCount(shape: [Int]) -> Int? {
    var total = bits
    for dimension in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      guard !overflow, dimension >= 0 else { return nil }
      total = product
    }
    return total % 8 == 0 ? total / 8 : nil
  }
}
