import Foundation

/// The density of values, smoothed with a Gaussian kernel (Silverman's rule for its width).
struct Density: Sendable {
  /// Positions at even distances.
  let positions: [Double]
  /// The density at each position, per unit.
  let heights: [Double]

  /// The density of `values` at `count` positions from `lower` to `upper`; empty if there are no values.
  init(of values: [Double], from lower: Double, to upper: Double, count: Int = 96) {
    guard let first = values.first, upper > lower, count > 1 else {
      (positions, heights) = ([], [])
      return
    }
    let mean = first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    let sorted = values.sorted()
    let quartiles = (sorted[3 * (values.count - 1) / 4] - sorted[(values.count - 1) / 4]) / 1.34
    let spread = quartiles > 0 ? min(deviation, quartiles) : deviation
    // Not below two hundredths of the range: points that coincide would give a line without width.
    let width = max(1.06 * spread * pow(Double(values.count), -0.2), (upper - lower) / 100)
    positions = (0..<count).map { lower + (upper - lower) * Double($0) / Double(count - 1) }
    let scale = 1 / (Double(values.count) * width * (2 * Double.pi).squareRoot())
    heights = positions.map { position in
      scale * values.reduce(0) { $0 + exp(-0.5 * ((position - $1) / width) * ((position - $1) / width)) }
    }
  }
}
