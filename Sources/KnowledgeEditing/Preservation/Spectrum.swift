import Torch

/// The eigenvalues of a layer's key second moment C = E[kkᵀ], in ascending order: all n, or those on one side of a null space's
/// boundary.
public struct Spectrum: Sendable, Equatable {
  /// The eigenvalues that are known, ascending; rounding can make the smallest slightly negative.
  public let eigenvalues: [Double]
  /// n, how many there are.
  public let width: Int
  /// How many are smaller than the first known one.
  public let firstPlace: Int
  /// Σλ, the mean squared norm of a key.
  public let trace: Double

  /// Wraps all eigenvalues, given in ascending order.
  public init(ascending eigenvalues: [Double]) {
    self.init(
      ascending: eigenvalues, firstPlace: 0, width: eigenvalues.count,
      trace: eigenvalues.reduce(0) { $0 + max($1, 0) })
  }

  /// Wraps some eigenvalues that follow each other, given in ascending order, of a matrix with this trace.
  init(ascending eigenvalues: [Double], firstPlace: Int, width: Int, trace: Double) {
    self.eigenvalues = eigenvalues
    self.firstPlace = firstPlace
    self.width = width
    self.trace = trace
  }

  /// Whether all eigenvalues are known.
  public var isComplete: Bool { eigenvalues.count == width }

  /// How many of the smallest eigenvalues belong to the null space under `rule`, where those at its boundary are known.
  public func nullity(under rule: NullSpaceRule) -> Int {
    switch rule {
    case .threshold(let threshold):
      // The published code takes singular values, so a negative eigenvalue of rounding counts by its size.
      return firstPlace + eigenvalues.count { abs($0) < threshold }
    case .share(let share):
      return width - Self.protectedCount(of: eigenvalues.reversed(), trace: trace, share: share)
    }
  }

  /// How many of the largest eigenvalues hold a share of the trace together; all where they do not reach it.
  static func protectedCount(of descending: some Sequence<Double>, trace: Double, share: Double) -> Int {
    var protected = trace * min(max(share, 0), 1)
    var count = 0
    for eigenvalue in descending {
      guard protected > 0 else { break }
      protected -= max(eigenvalue, 0)
      count += 1
    }
    return count
  }

  /// The share of the trace held by the eigenvectors outside the null space.
  public func protectedShare(nullity: Int) -> Double {
    guard trace > 0 else { return 0 }
    func sum(_ part: ArraySlice<Double>) -> Double { part.reduce(0) { $0 + max($1, 0) } }
    let boundary = max(0, nullity - firstPlace)
    // Of a spectrum's lower part only, the rest of the trace is above it.
    return firstPlace + eigenvalues.count == width
      ? sum(eigenvalues.dropFirst(boundary)) / trace : 1 - sum(eigenvalues.prefix(boundary)) / trace
  }

  /// Eigenvalues at the given fractions of the order, for printing; nil where they are not known.
  public func quantiles(_ fractions: [Double]) -> [Double?] {
    fractions.map { fraction in
      let place = Int((Double(max(0, width - 1)) * min(max(fraction, 0), 1)).rounded()) - firstPlace
      return eigenvalues.indices.contains(place) ? eigenvalues[place] : nil
    }
  }
}
