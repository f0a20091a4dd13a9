import Torch

/// Solves one layer's normal equation ΔW (Q + H + KKᵀ) = R Kᵀ, batch after batch.
public protocol LayerSolver: Sendable {
  /// The update that gives keys K [n, u] the residuals R [d, u], its keys being remembered where `remembers`.
  ///
  /// - Throws: ``EditingError/notFinite(what:)`` where keys or residuals are not numbers.
  mutating func solve(block: Int, keys: Tensor, residuals: Tensor, remembers: Bool) throws -> WeightDelta
  /// H ← H + KKᵀ for keys K [n, u].
  mutating func absorb(_ keys: Tensor) throws
}
