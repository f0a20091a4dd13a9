import Torch

/// The direction of key space along which a rank-one update is read: C⁻¹k where what other text needs is to be spared, else k
/// (ROME Eq. 2).
struct KeyDirection {
  /// The lower Cholesky factor of C, [n, n] in float64; nil where directions are the keys themselves.
  private let factor: Tensor?

  /// The direction of the keys themselves.
  static let ofKey = KeyDirection(factor: nil)

  private init(factor: Tensor?) { self.factor = factor }

  /// Factors C, once for all facts.
  ///
  /// - Throws: ``RankOneError/singularStatistics(layer:tokenCount:keyWidth:)`` where C has no inverse that float64 could hold.
  init(sparing statistics: KeyStatistics) throws {
    let singular = RankOneError.singularStatistics(
      layer: statistics.layerName, tokenCount: statistics.count, keyWidth: statistics.keyWidth)
    // A sum of fewer outer products than its width has no full rank, even where rounding hides that.
    guard statistics.count >= statistics.keyWidth else { throw singular }
    let moment = try statistics.secondMoment(.float64)
    let symmetric = try (moment + moment.transposed()) * 0.5
    guard let factor = try? symmetric.cholesky() else { throw singular }
    let pivots = try factor.diagonal().square()
    let smallest = try pivots.min().item()
    let rounding = try pivots.max().item() * Double(statistics.keyWidth) * .ulpOfOne
    guard smallest.isFinite, smallest > rounding else { throw singular }
    self.factor = factor
  }

  /// u [n, 1], of length 1 and in float32, for a key k [1, n].
  func callAsFunction(_ key: Tensor) throws -> Tensor {
    var u = try key.to(.float64).transposed()
    if let factor { u = try u.to(factor.device).choleskySolve(lower: factor) }
    return try (u / u.norm()).to(.float32, key.device)
  }
}
