import Torch

/// The projection P onto the null space of what a model's keys span at one layer, never formed as a matrix.
///
/// AlphaEdit (arXiv 2410.02355) §3.1: with C = UΛUᵀ and U₀ the eigenvectors whose eigenvalue is below the threshold, P = U₀U₀ᵀ.
/// As P = I − VVᵀ with V the others, whichever of U₀ and V has fewer columns is kept.
public struct NullSpace: Sendable {
  /// Which eigenvectors ``basis`` holds.
  public enum Side: String, Sendable { case kept, removed }

  /// Eigenvectors as columns [n, q], q ≤ n/2 or so, in the solver's precision.
  public let basis: Tensor?
  /// Whether the basis spans the null space or its complement.
  public let side: Side
  /// n, the length of a key.
  public let keyWidth: Int
  /// r, the dimension of the null space.
  public let nullity: Int
  /// The eigenvalues the choice was made from.
  public let spectrum: Spectrum

  /// Decomposes a second moment: only the side of the null space's boundary that is kept where n is large and that side thin (see
  /// ``PartialDecomposition``), else wholly.
  ///
  /// The decomposition runs in float64: massive activations put eigenvalues of 10⁵ beside a threshold of 10⁻², which float32
  /// cannot tell apart.
  ///
  /// - Parameters:
  ///   - secondMoment: C = E[kkᵀ], [n, n].
  ///   - rule: which eigenvectors belong to the null space.
  ///   - precision: the element type the basis is kept in.
  ///   - device: where the basis is kept.
  /// - Throws: ``EditingError/notFinite(what:)`` for statistics that are not numbers, ``EditingError/emptyNullSpace(layer:rule:)``
  ///   is left to the caller, who knows the layer.
  public init(
    secondMoment: Tensor, rule: NullSpaceRule, precision: DType = .float32, device: Device = .cpu
  ) throws {
    let owned = secondMoment.dtype == .float64 ? try secondMoment.clone() : try secondMoment.to(.float64)
    try self.init(consuming: owned, rule: rule, precision: precision, device: device)
  }

  /// Decomposes the second moment of some statistics, of which one float64 [n, n] is made.
  init(statistics: KeyStatistics, rule: NullSpaceRule, device: Device = .cpu) throws {
    let sum = try statistics.sum().to(.float64, device.computesFloat64 ? device : .cpu)
    try sum.multiplyInPlace(1 / Double(statistics.count))
    try self.init(consuming: sum, rule: rule, precision: .float32, device: device)
  }

  /// - Parameter c: C in float64, which is changed: made symmetric to the last bit.
  private init(consuming c: Tensor, rule: NullSpaceRule, precision: DType, device: Device) throws {
    guard try c.isFinite().all() else { throw EditingError.notFinite(what: "key statistics") }
    try Self.symmetrize(c)
    let n = c.size(0)
    if n >= PartialDecomposition.leastWidth, let part = try PartialDecomposition(of: c, rule: rule) {
      self.init(
        basis: try part.basis?.to(precision, device).contiguous(), side: part.side, keyWidth: n,
        nullity: part.nullity, spectrum: part.spectrum)
      return
    }
    let (values, vectors) = try c.symmetricEigen()
    let spectrum = Spectrum(ascending: try values.array())
    try self.init(
      spectrum: spectrum, eigenvectors: vectors, nullity: spectrum.nullity(under: rule), precision: precision,
      device: device)
  }

  /// C ← (C + Cᵀ)/2, piece by piece, so that no second C is made.
  private static func symmetrize(_ c: Tensor) throws {
    let (n, piece) = (c.size(0), 1024)
    let pieces = stride(from: 0, to: n, by: piece).map { $0..<min($0 + piece, n) }
    for (index, rows) in pieces.enumerated() {
      for columns in pieces[...index] {
        let lower = try c.narrow(0, rows).narrow(1, columns)
        let upper = try c.narrow(0, columns).narrow(1, rows)
        let mean = try (lower + upper.transposed()) * 0.5
        try lower.copyInPlace(mean)
        try upper.copyInPlace(mean.transposed())
      }
    }
  }

  init(spectrum: Spectrum, eigenvectors: Tensor, nullity: Int, precision: DType, device: Device) throws {
    let n = spectrum.width
    let side: Side = nullity <= n - nullity ? .kept : .removed
    let columns = side == .kept ? 0..<nullity : nullity..<n
    self.init(
      basis: columns.isEmpty
        ? nil : try eigenvectors.narrow(1, columns).to(precision, device).contiguous().clone(),
      side: side, keyWidth: n, nullity: nullity, spectrum: spectrum)
  }

  init(basis: Tensor?, side: Side, keyWidth: Int, nullity: Int, spectrum: Spectrum) {
    self.basis = basis
    self.side = side
    self.keyWidth = keyWidth
    self.nullity = nullity
    self.spectrum = spectrum
  }

  /// P X for X [n, u].
  public func project(_ x: Tensor) throws -> Tensor {
    guard let basis else { return side == .kept ? try x * 0 : x }
    let spanned = try basis.matmul(basis.transposed().matmul(x))
    return side == .kept ? spanned : try x - spanned
  }
}
