import Foundation
import Testing
import TestSupport

extension Trait where Self == ConditionTrait {
  /// Skips a test where the recorded data is absent.
  static var needsSharedData: Self {
    .enabled(if: SharedFolder.has(""), "needs ../shared (or ALPHAEDIT_SHARED), which is not here")
  }
}

/// The bytes of a safetensors file with this header text and data.
func safetensors(_ header: String, data: Int = 0, fill: UInt8 = 0) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + Array(repeating: fill, count: data)
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
