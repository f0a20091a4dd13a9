import Torch

/// Solves for the neurons that respond most to a batch of facts, leaving the columns of W for all others as they are (NSE,
/// arXiv 2410.04045, Eq. 9–10).
///
/// For neurons S: ΔW[:, S] = R K[S]ᵀ (λC[S, S] + H[S, S] + K[S] K[S]ᵀ)⁻¹. As S differs from batch to batch no factor can be kept,
/// so each solve costs |S|³/3 operations.
struct NeuronSolver: LayerSolver {
  /// λC.
  let preserved: WeightedSecondMoment
  /// The share of the summed responses that S may make up.
  let share: Double
  /// The keys of earlier facts, a tensor [n, u] a batch: H = Σ KKᵀ.
  private(set) var history: [Tensor] = []

  init(preserved: WeightedSecondMoment, share: Double) {
    self.preserved = preserved
    self.share = share
  }

  mutating func absorb(_ keys: Tensor) throws { history.append(keys) }

  mutating func solve(block: Int, keys: Tensor, residuals: Tensor, remembers: Bool) throws -> WeightDelta {
    guard try keys.isFinite().all(), try residuals.isFinite().all() else {
      throw EditingError.notFinite(what: "keys or residuals of block \(block)")
    }
    let chosen = try neurons(respondingTo: keys)
    let k = try keys.indexSelect(0, chosen).to(.float64)
    let normal = try preserved.matrix.indexSelect(0, chosen).indexSelect(1, chosen)
    for past in history + [keys] {
      let part = try past.indexSelect(0, chosen).to(.float64)
      try normal.addMatmulInPlace(part, part.transposed())
    }
    // Statistics of few tokens are singular, and then rounding decides whether the matrix is positive.
    let solved = try (try? k.choleskySolve(lower: normal.cholesky())) ?? normal.solve(k)
    if remembers { history.append(keys) }
    let right = try Tensor.zeros(keys.shape, dtype: .float64, device: keys.device).indexCopy(
      0, chosen, solved)
    return WeightDelta(block: block, left: try residuals.to(.float64), right: right)
  }

  /// The largest number of neurons, those with the largest Σ|k| first, whose Σ|k| together stays within ``share`` of that of all;
  /// at least one.
  func neurons(respondingTo keys: Tensor) throws -> Tensor {
    let responses = try keys.to(.float32).abs().sum(1)
    let (sorted, order) = try responses.sorted(0, descending: true)
    let limit = try responses.sum().item() * share
    let within = try sorted.cumulativeSum(0).array(Float.self).count { Double($0) <= limit }
    return try order.narrow(0, 0..<max(1, within))
  }
}
