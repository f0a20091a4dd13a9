import Torch

/// Σ k kᵀ of one layer in fixed point, so that adding is exact and the order of additions does not matter.
///
/// The tokens of a group of documents are summed in float32, and the group's sum is rounded to a multiple of 2⁻²⁶.
/// Groups are added as 64-bit integers, which is exact up to 2³⁷, so that shards of a corpus merge to the very bits
/// that one run over all of it gives, and long corpora do not lose small contributions as they would in float32.
/// Memory: 8n² bytes.
final class ExactSum {
  /// Multiples of 2⁻²⁶, int64 [n, n].
  let units: Tensor
  /// How many tokens were summed.
  private(set) var count: Int
  /// A bound on the magnitude of ``units``' elements.
  private var bound: Double

  private static let unitsPerOne = 67_108_864.0
  /// Half of what int64 holds, so that a bound that was rounded down does not matter.
  private static let limit = 4_611_686_018_427_387_904.0
  /// How many elements are converted at a time, to bound the memory beside the sum's own.
  private static let bandSize = 1 << 24

  /// A sum of nothing.
  init(width: Int, device: Device) throws {
    units = try Tensor.zeros([width, width], dtype: .int64, device: device)
    count = 0
    bound = 0
  }

  /// A sum read from a file.
  init(units: Tensor, count: Int) throws {
    self.units = units
    self.count = count
    bound = try Self.largestMagnitude(units)
  }

  /// Adds the sum of one group, float32 [n, n], over `count` tokens; false where it is too large (or not finite).
  func add(_ group: Tensor, count: Int) throws -> Bool {
    bound += try Self.largestMagnitude(group) * Self.unitsPerOne
    guard bound < Self.limit else { return false }
    // Scaling by a power of two and rounding are exact in float32.
    try forEachBand { sum, rows in
      let band = try group.narrow(0, rows)
      try sum.addInPlace((band * Self.unitsPerOne).round().to(.int64, units.device))
    }
    self.count += count
    return true
  }

  /// Adds another sum of the same width; false where the result would be too large.
  func add(_ other: ExactSum) throws -> Bool {
    bound += other.bound
    let (total, overflow) = count.addingReportingOverflow(other.count)
    guard bound < Self.limit, !overflow else { return false }
    try units.addInPlace(other.units)
    count = total
    return true
  }

  /// The sum rounded once, float32 [n, n] on the CPU.
  func rounded() throws -> Tensor {
    let result = try Tensor.zeros(units.shape)
    try forEachBand { sum, rows in
      try result.narrow(0, rows).copyInPlace(sum.to(.float32) * (1 / Self.unitsPerOne))
    }
    return result
  }

  /// n.
  var width: Int { units.size(0) }

  private func forEachBand(_ body: (_ band: Tensor, _ rows: Range<Int>) throws -> Void) throws {
    let step = max(1, Self.bandSize / max(1, width))
    for first in stride(from: 0, to: width, by: step) {
      let rows = first..<min(first + step, width)
      try body(units.narrow(0, rows), rows)
    }
  }

  /// NaN or infinite where an element is.
  private static func largestMagnitude(_ matrix: Tensor) throws -> Double {
    let (low, high) = (try matrix.min().item(), try matrix.max().item())
    return low.isNaN || high.isNaN ? .nan : max(-low, high)
  }
}
