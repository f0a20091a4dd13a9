import Torch

/// The eigenpairs of a second moment on the thinner side of a null space's boundary, and no others.
///
/// How many there are is counted, not guessed: by Sylvester's law as many eigenvalues of C are above τ as C − τI has positive
/// pivots. Eigenpairs that are orthonormal, have small residuals and are as many as that are all there are.
struct PartialDecomposition {
  /// The eigenvalues found.
  let spectrum: Spectrum
  /// r, the dimension of the null space.
  let nullity: Int
  /// Which side of the boundary was sought.
  let side: NullSpace.Side
  /// Its eigenvectors as columns, in float64; nil where it has none.
  let basis: Tensor?

  /// Narrower matrices are decomposed in a second or two.
  static let leastWidth = 3072
  /// The largest share of all eigenvectors for which this is worth its while.
  static let largestShare = 1.0 / 8

  /// - Parameter c: C, symmetric [n, n] in float64.
  /// - Returns: nil where all eigenpairs must be found: neither side is thin, C has eigenvalues well below zero, or the check fails.
  init?(of c: Tensor, rule: NullSpaceRule) throws {
    let made: Self?
    switch rule {
    case .threshold(let threshold): made = try Self.split(c, at: threshold)
    case .share(let share): made = try Self.protect(share, of: c)
    }
    guard let made else { return nil }
    self = made
  }

  private init(spectrum: Spectrum, nullity: Int, side: NullSpace.Side, basis: Tensor?) {
    self.spectrum = spectrum
    self.nullity = nullity
    self.side = side
    self.basis = basis
  }

  private static func split(_ c: Tensor, at threshold: Double) throws -> Self? {
    guard threshold > 0 else { return nil }
    let n = c.size(0)
    let above = try count(of: c, above: threshold)
    let limit = Int(Double(n) * largestShare)
    if above <= limit {
      // Eigenvalues below −τ would be outside the null space too; where there are none, C + τI is positive.
      guard (try? shifted(c, by: threshold).cholesky()) != nil,
        let top = try leadingPairs(of: c, boundary: { _, _ in threshold }, wanted: { _ in max(above, 1) }),
        top.values.count(where: { $0 >= threshold }) == above
      else { return nil }
      return try upper(top, protecting: above, of: c)
    }
    guard n - above <= limit, let bottom = try trailingPairs(of: c, threshold: threshold, count: n - above)
    else { return nil }
    return bottom
  }

  private static func protect(_ share: Double, of c: Tensor) throws -> Self? {
    let trace = try c.diagonal().sum().item()
    guard trace > 0, share > 0 else { return nil }
    // One more than is protected, for the boundary to lie between two known eigenvalues.
    let wanted = { (values: [Double]) -> Int? in
      let count = Spectrum.protectedCount(of: values, trace: trace, share: share)
      return count < values.count ? count + 1 : nil
    }
    guard
      let top = try leadingPairs(
        of: c, boundary: { values, count in max(values[count - 1], 0) }, wanted: wanted),
      let next = top.values.last, let last = top.values.dropLast().last,
      try count(of: c, above: (last + next) / 2) == top.values.count - 1
    else { return nil }
    return try upper(top, protecting: top.values.count - 1, of: c)
  }

  /// How many eigenvalues are above a bound.
  private static func count(of c: Tensor, above bound: Double) throws -> Int {
    try shifted(c, by: -bound).positiveEigenvalueCount()
  }

  /// C + σI.
  private static func shifted(_ c: Tensor, by shift: Double) throws -> Tensor {
    let sum = try c.clone()
    let diagonal = try sum.diagonal()
    try diagonal.copyInPlace(diagonal + shift)
    return sum
  }

  private static func leadingPairs(
    of c: Tensor, boundary: ([Double], Int) -> Double, wanted: ([Double]) -> Int?
  ) throws -> BlockLanczos.Eigenpairs? {
    let search = BlockLanczos(width: c.size(0), device: c.device, largestBasis: c.size(0) / 2) {
      try $0.matmul(c)
    }
    func bound(_ values: [Double], _ count: Int) -> Double {
      residualBound(largest: values.first ?? 0, boundary: boundary(values, count))
    }
    guard let found = try search.leading(wanted, tolerance: bound) else { return nil }
    let image = try search.apply(found.vectors)
    return try isSound(found, image: image, bound: 10 * bound(found.values, found.values.count)) ? found : nil
  }

  /// C's smallest eigenpairs are the largest of (C + σI)⁻¹; with σ a tenth of the threshold these lie between 1/1.1 and 10
  /// times 1/τ, however close to zero C's are.
  private static func trailingPairs(of c: Tensor, threshold: Double, count: Int) throws -> Self? {
    let n = c.size(0)
    let shift = threshold / 10
    guard let factor = try? shifted(c, by: shift).cholesky() else { return nil }
    let search = BlockLanczos(width: n, device: c.device, largestBasis: n / 2) {
      try $0.transposed().choleskySolve(lower: factor).transposed().contiguous()
    }
    func bound(_ values: [Double]) -> Double {
      residualBound(largest: values.first ?? 0, boundary: 1 / (threshold + shift))
    }
    guard let found = try search.leading({ _ in max(count, 1) }, tolerance: { values, _ in bound(values) })
    else { return nil }
    let eigenvalues = found.values.map { 1 / $0 - shift }
    guard try isSound(found, image: search.apply(found.vectors), bound: 10 * bound(found.values)),
      eigenvalues.count(where: { $0 < threshold }) == count
    else { return nil }
    return Self(
      spectrum: Spectrum(
        ascending: eigenvalues, firstPlace: 0, width: n, trace: try c.diagonal().sum().item()),
      nullity: count, side: .kept,
      basis: count == 0 ? nil : try found.vectors.narrow(0, 0..<count).transposed())
  }

  private static func upper(
    _ top: BlockLanczos.Eigenpairs, protecting count: Int, of c: Tensor
  ) throws -> Self {
    let n = c.size(0)
    return Self(
      spectrum: Spectrum(
        ascending: top.values.reversed(), firstPlace: n - top.values.count, width: n,
        trace: try c.diagonal().sum().item()),
      nullity: n - count, side: .removed,
      basis: count == 0 ? nil : try top.vectors.narrow(0, 0..<count).transposed())
  }

  /// Residuals far below the boundary, as far as rounding of the largest eigenvalue lets them be.
  private static func residualBound(largest: Double, boundary: Double) -> Double {
    max(1e-8 * boundary, 1e-13 * largest)
  }

  /// Whether eigenpairs are what they are said to be: θ and y with ‖A y − θ y‖ within `bound`, and all y orthonormal.
  private static func isSound(
    _ pairs: BlockLanczos.Eigenpairs, image: Tensor, bound: Double
  ) throws -> Bool {
    let (y, count) = (pairs.vectors, pairs.values.count)
    let values = try Tensor(pairs.values, shape: [count, 1], device: y.device)
    let residual = try (image - y * values).norm(1).max().item()
    let gram = try y.matmul(y.transposed()) - Tensor.identity(count, dtype: .float64, device: y.device)
    return try residual <= bound && gram.abs().max().item() <= 1e-10
  }
}
