/// The type of a numpy array's elements, of those that are read and written; all little-endian.
public enum NumpyType: Sendable, Equatable, CustomStringConvertible {
  case bool
  case int32
  case int64
  case float16
  case float32
  case float64
  /// Text of at most this many Unicode scalars, each stored in four bytes, zeros after the end.
  case text(scalars: Int)

  /// The size of an element in bytes.
  public var size: Int {
    switch self {
    case .bool: 1
    case .float16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    case .text(let scalars): 4 * scalars
    }
  }

  /// The type in numpy's notation.
  public var description: String {
    switch self {
    case .bool: "|b1"
    case .int32: "<i4"
    case .int64: "<i8"
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .text(let scalars): "<U\(scalars)"
    }
  }

  init?(notation: String) {
    let plain: [NumpyType] = [.bool, .int32, .int64, .float16, .float32, .float64]
    if let type = plain.first(where: { $0.description == notation }) {
      self = type
    } else if notation.hasPrefix("<U"), let scalars = Int(notation.dropFirst(2)), 0...(1 << 20) ~= scalars {
      self = .text(scalars: scalars)
    } else {
      return nil
    }
  }
}
