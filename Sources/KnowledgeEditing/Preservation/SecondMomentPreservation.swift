import Torch

/// MEMIT's preservation: Q = λC, the keys' second moment weighted against the facts (arXiv 2210.07229, Eq. 14–15).
public struct SecondMomentPreservation: Preservation {
  /// L of λC = LLᵀ, float64 [n, n].
  private let factor: Tensor
  /// How much of the mean eigenvalue was added to each for Q to be positive definite; 0 where it was.
  public let jitter: Double

  /// The shares of the mean eigenvalue that are tried, one after the other.
  private static let jitters = [0, 1e-12, 1e-10, 1e-8, 1e-6]

  /// Decomposes λC once for all batches. Statistics of fewer tokens than keys are long are singular; the least of a few small
  /// multiples of the identity that mends that is then added.
  ///
  /// - Parameters:
  ///   - secondMoment: C = E[kkᵀ], [n, n].
  ///   - weight: λ.
  /// - Throws: ``EditingError/notFinite(what:)``, ``EditingError/singularStatistics(keyWidth:)``.
  public init(secondMoment: Tensor, weight: Double, device: Device = .cpu) throws {
    let q = try WeightedSecondMoment(secondMoment: secondMoment, weight: weight, device: device).matrix
    let scale = try q.diagonal().mean().item()
    for jitter in Self.jitters {
      let shifted =
        jitter == 0
        ? q : try q + Tensor.identity(q.size(0), dtype: .float64, device: device) * (jitter * scale)
      guard let factor = try? shifted.cholesky(), try factor.isFinite().all() else { continue }
      self.factor = factor
      self.jitter = jitter
      return
    }
    throw EditingError.singularStatistics(keyWidth: q.size(0))
  }

  /// n, the length of a key.
  public var keyWidth: Int { factor.size(0) }

  /// (λC)⁻¹ X.
  public func applyInverse(_ x: Tensor) throws -> Tensor {
    try x.to(.float64).choleskySolve(lower: factor).to(x.dtype)
  }
}

/// λC itself, for solvers that need parts of it.
struct WeightedSecondMoment: Sendable {
  /// λC, float64 [n, n].
  let matrix: Tensor

  init(secondMoment: Tensor, weight: Double, device: Device = .cpu) throws {
    guard try secondMoment.isFinite().all() else { throw EditingError.notFinite(what: "key statistics") }
    let c = try secondMoment.to(.float64, device)
    matrix = try (c + c.transposed()) * (0.5 * weight)
  }
}
