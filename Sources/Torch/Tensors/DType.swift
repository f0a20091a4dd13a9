import CTorch

/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16, int64, int32, uint8, bool

  /// Bytes one element takes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }

  /// Whether elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    case .int64, .int32, .uint8, .bool: false
    }
  }

  var raw: ct_dtype {
    switch self {
    case .float32: CT_F32
    case .float64: CT_F64
    case .float16: CT_F16
    case .bfloat16: CT_BF16
    case .int64: CT_I64
    case .int32: CT_I32
    case .uint8: CT_U8
    case .bool: CT_BOOL
    }
  }

  init(_ raw: ct_dtype) {
    switch raw {
    case CT_F64: self = .float64
    case CT_F16: self = .float16
    case CT_BF16: self = .bfloat16
    case CT_I64: self = .int64
    case CT_I32: self = .int32
    case CT_U8: self = .uint8
    case CT_BOOL: self = .bool
    default: self = .float32
    }
  }
}

/// A Swift type whose values can be copied into and out of tensors.
public protocol TensorElement {
  /// The element type of a tensor made from such values.
  static var dtype: DType { get }
}

extension Float: TensorElement {
  /// 32-bit floating point.
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  /// 64-bit floating point.
  public static var dtype: DType { .float64 }
}
extension Int: TensorElement {
  /// 64-bit integers.
  public static var dtype: DType { .int64 }
}
extension Bool: TensorElement {
  /// Truth values, a byte each.
  public static var dtype: DType { .bool }
}
