import Torch

/// A change of one down-projection, ΔW = left · rightᵀ, kept as its two factors (rank at most the number of facts).
public struct WeightDelta: Sendable {
  /// The block whose down-projection changes.
  public let block: Int
  /// R S⁻¹ [d, u].
  public let left: Tensor
  /// G K [n, u].
  public let right: Tensor

  /// Names the factors of a change.
  public init(block: Int, left: Tensor, right: Tensor) {
    self.block = block
    self.left = left
    self.right = right
  }

  /// ΔW as a matrix [d, n].
  public func matrix() throws -> Tensor { try left.matmul(right.transposed()) }

  /// ‖ΔW‖ (Frobenius) without forming it: tr(leftᵀleft · rightᵀright).
  public func norm() throws -> Double {
    let gram = try left.transposed().matmul(left) * right.transposed().matmul(right)
    return max(0, try gram.to(.float64).sum().item()).squareRoot()
  }
}
