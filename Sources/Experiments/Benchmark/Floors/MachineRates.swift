import Torch

/// How fast a machine multiplies matrices and reads memory.
protocol Rates {
  /// Floating-point operations a second of products of this shape whose factors are given in `dtype`.
  func rate(of product: MatrixProduct, _ dtype: DType) throws -> Double
  /// Bytes a second.
  var bandwidth: Double { get throws }
}

/// Rates that a machine is said to have, for every shape.
struct AssumedRates: Rates {
  /// Operations a second in 16 bits, and in float32.
  let narrow: Double
  let wide: Double
  let bandwidth: Double

  func rate(of product: MatrixProduct, _ dtype: DType) -> Double { dtype.byteCount == 2 ? narrow : wide }
}

/// What this machine reaches: matrix products of given shapes, and copies in memory; each measured when it is first asked for.
final class MachineRates: Rates {
  let device: Device
  private var known: [Key: Double] = [:]
  private var knownBandwidth: Double?

  private struct Key: Hashable {
    let product: MatrixProduct
    let dtype: DType
  }

  /// A product is repeated for so long.
  private static let shortest = Duration.milliseconds(250)
  private static let copySize = 1 << 28

  init(device: Device) { self.device = device }

  /// The rates measured so far: floating-point operations a second, by type, from the slowest to the fastest shape.
  var ranges: [(dtype: DType, rates: ClosedRange<Double>)] {
    Dictionary(grouping: known, by: \.key.dtype).compactMap { dtype, entries in
      let rates = entries.map(\.value)
      guard let low = rates.min(), let high = rates.max() else { return nil }
      return (dtype, low...high)
    }
    .sorted { $0.dtype.rawValue < $1.dtype.rawValue }
  }

  /// A product may be taken in float32 as well, on a processor that is slow in `dtype`: the faster of the two counts.
  func rate(of product: MatrixProduct, _ dtype: DType) throws -> Double {
    let own = try measuredRate(of: product, dtype)
    guard dtype != .float32, dtype != .float64, device == .cpu else { return own }
    return max(own, try measuredRate(of: product, .float32))
  }

  private func measuredRate(of product: MatrixProduct, _ dtype: DType) throws -> Double {
    let key = Key(product: product, dtype: dtype)
    if let rate = known[key] { return rate }
    let x = try Tensor.full([product.rows, product.inner], 0.5, dtype: dtype, device: device)
    let w = try Tensor.full([product.outer, product.inner], 0.5, dtype: dtype, device: device)
    let seconds = try Self.time(on: device) { _ = try x.linear(w) }
    let rate = product.flops / seconds
    known[key] = rate
    return rate
  }

  /// Bytes a second that can be read while as many are written.
  var bandwidth: Double {
    get throws {
      if let knownBandwidth { return knownBandwidth }
      let source = try Tensor.full([Self.copySize / 4], 1, device: device)
      let destination = try Tensor.zeros([Self.copySize / 4], device: device)
      let seconds = try Self.time(on: device) { try destination.copyInPlace(source) }
      let rate = 2 * Double(Self.copySize) / seconds
      knownBandwidth = rate
      return rate
    }
  }

  /// The least time of one run of `body`, of those that fit into a while; the first, which loads code and pages, does not count.
  static func time(on device: Device, _ body: () throws -> Void) throws -> Double {
    _ = try device.seconds(body)
    var least = Double.infinity
    let clock = ContinuousClock()
    let start = clock.now
    repeat { least = min(least, try device.seconds(body)) } while start.duration(to: clock.now) < shortest
    return least
  }
}
