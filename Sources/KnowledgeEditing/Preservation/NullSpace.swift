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

  /// Decomposes a second moment.
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
    guard try secondMoment.isFinite().all() else { throw EditingError.notFinite(what: "key statistics") }
    let c = try secondMoment.to(.float64)
    let (values, vectors) = try ((c + c.transposed()) * 0.5).symmetricEigen()
    let spectrum = Spectrum(ascending: try values.array())
    try self.init(
      spectrum: spectrum, eigenvectors: vectors, nullity: spectrum.nullity(under: rule), precision: precision,
      device: device)
  }

  init(spectrum: Spectrum, eigenvectors: Tensor, nullity: Int, precision: DType, device: Device) throws {
    let n = spectrum.eigenvalues.count
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
