import Torch

/// Solves one layer's normal equation batch after batch, remembering earlier keys.
///
/// With G = (Q + H)⁻¹ restricted to what preservation allows, a batch of keys K [n, u] with residuals R [d, u] gives
///
///     S  = I + KᵀGK
///     ΔW = R S⁻¹ (GK)ᵀ
///     G ← G − GK S⁻¹ (GK)ᵀ        (history: H ← H + KKᵀ)
///
/// which is Woodbury's identity, and equal to the published dense solve (AlphaEdit Eq. 14). G is kept as Q⁻¹ − ZZᵀ with
/// Z = GK·L⁻ᵀ for S = LLᵀ, so no n × n matrix exists: memory is n(q + N) for q basis vectors and N facts edited so far, and a
/// batch costs about 4nu(q + N) operations.
public struct RecursiveSolver: LayerSolver {
  /// Q, through its inverse.
  public let preservation: any Preservation
  /// Z, one tensor [n, u] a batch: the explicit history.
  public private(set) var history: [Tensor] = []
  /// The element type of keys, residuals and history.
  public let precision: DType

  /// Starts without history.
  public init(preservation: any Preservation, precision: DType = .float32) {
    self.preservation = preservation
    self.precision = precision
  }

  /// G X for X [n, u].
  public func apply(_ x: Tensor) throws -> Tensor {
    let result = try preservation.applyInverse(x)
    for z in history { try result.addMatmulInPlace(z, z.transposed().matmul(x), alpha: -1) }
    return result
  }

  /// The update that gives keys K [n, u] the residuals R [d, u], its keys being remembered where `remembers`.
  ///
  /// - Throws: ``EditingError/notFinite(what:)`` where keys or residuals are not numbers.
  public mutating func solve(
    block: Int, keys: Tensor, residuals: Tensor, remembers: Bool = true
  ) throws -> WeightDelta {
    let k = try keys.to(precision)
    let r = try residuals.to(precision)
    guard try k.isFinite().all(), try r.isFinite().all() else {
      throw EditingError.notFinite(what: "keys or residuals of block \(block)")
    }
    let gk = try apply(k)
    let l = try factor(k, gk)
    let left = try r.to(.float64).transposed().choleskySolve(lower: l).transposed().to(precision).contiguous()
    if remembers { try remember(gk, l) }
    return WeightDelta(block: block, left: left, right: gk)
  }

  /// H ← H + KKᵀ for keys K [n, u].
  public mutating func absorb(_ keys: Tensor) throws {
    let k = try keys.to(precision)
    let gk = try apply(k)
    try remember(gk, factor(k, gk))
  }

  /// L of S = I + KᵀGK = LLᵀ, [u, u] in float64. S is small and the only matrix inverted: float64 costs nothing here and keeps its
  /// factor exact.
  private func factor(_ k: Tensor, _ gk: Tensor) throws -> Tensor {
    let gram = try k.transposed().matmul(gk).to(.float64)
    let s =
      try (gram + gram.transposed()) * 0.5 + Tensor.identity(k.size(1), dtype: .float64, device: k.device)
    return try s.cholesky()
  }

  /// Z = GK L⁻ᵀ, one more of the history.
  private mutating func remember(_ gk: Tensor, _ l: Tensor) throws {
    history.append(
      try l.solveTriangular(gk.to(.float64).transposed()).transposed().to(precision).contiguous())
  }
}
