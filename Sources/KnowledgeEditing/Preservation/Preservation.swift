import Torch

/// What an update must leave alone: the operator Q of the normal equation ΔW (Q + H + KKᵀ) = R Kᵀ, through its inverse.
///
/// The methods of the MEMIT family differ in this operator; ``RecursiveSolver`` needs nothing of it but Q⁻¹X.
public protocol Preservation: Sendable {
  /// n, the length of a key.
  var keyWidth: Int { get }
  /// Q⁻¹ X for X [n, u], restricted to the directions in which the weight may change.
  func applyInverse(_ x: Tensor) throws -> Tensor
}

/// AlphaEdit's preservation: edits stay in the null space of the model's keys, with a ridge. Q⁻¹ = P/λ (Eq. 14, with λ = L2).
public struct NullSpacePreservation: Preservation {
  /// The projection P.
  public let nullSpace: NullSpace
  /// λ, the published hyper-parameter L2.
  public let ridge: Double

  /// Confines updates to `nullSpace` with the ridge λ > 0.
  public init(nullSpace: NullSpace, ridge: Double) {
    self.nullSpace = nullSpace
    self.ridge = ridge
  }

  /// n, the length of a key.
  public var keyWidth: Int { nullSpace.keyWidth }

  /// P X / λ.
  public func applyInverse(_ x: Tensor) throws -> Tensor { try nullSpace.project(x) * (1 / ridge) }
}
