import Torch

/// The eigenvalues of a layer's key second moment C = E[kkᵀ], in ascending order.
public struct Spectrum: Sendable, Equatable {
  /// The eigenvalues, ascending; rounding can make the smallest slightly negative.
  public let eigenvalues: [Double]

  /// Wraps eigenvalues given in ascending order.
  public init(ascending eigenvalues: [Double]) { self.eigenvalues = eigenvalues }

  /// Σλ, the mean squared norm of a key.
  public var trace: Double { eigenvalues.reduce(0) { $0 + max($1, 0) } }

  /// How many of the smallest eigenvalues belong to the null space under `rule`.
  public func nullity(under rule: NullSpaceRule) -> Int {
    switch rule {
    case .threshold(let threshold):
      // The published code takes singular values, so a negative eigenvalue of rounding counts by its size.
      return eigenvalues.count { abs($0) < threshold }
    case .share(let share):
      var protected = trace * min(max(share, 0), 1)
      var kept = eigenvalues.count
      for eigenvalue in eigenvalues.reversed() {
        guard protected > 0 else { break }
        protected -= max(eigenvalue, 0)
        kept -= 1
      }
      return kept
    }
  }

  /// The share of the trace held by the eigenvectors outside the null space.
  public func protectedShare(nullity: Int) -> Double {
    let total = trace
    guard total > 0 else { return 0 }
    return eigenvalues.dropFirst(nullity).reduce(0) { $0 + max($1, 0) } / total
  }

  /// Eigenvalues at the given fractions of the order, for printing.
  public func quantiles(_ fractions: [Double]) -> [Double] {
    guard let last = eigenvalues.indices.last else { return [] }
    return fractions.map { eigenvalues[min(last, max(0, Int((Double(last) * $0).rounded())))] }
  }
}
