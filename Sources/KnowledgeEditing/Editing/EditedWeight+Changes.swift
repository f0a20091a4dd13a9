import Foundation
import LanguageModels
import Torch

extension EditedWeight {
  /// W ← W + ΔW, or as much of it as the rule lets through at once.
  func add(_ delta: WeightDelta, by rule: EditingRecipe.ChangeRule) throws {
    if case .largest(let share) = rule { try addLargest(delta, share: share) } else { try add(delta) }
  }

  /// W ← W + ΔW where |ΔW / (W + 10⁻⁸)| is among the largest `share` of its elements (RECT; arXiv 2401.04700, Eq. 4).
  ///
  /// As published, the ⌊(1 − share) · n · d⌋-th smallest ratio is the bound and counts as large.
  func addLargest(_ delta: WeightDelta, share: Double) throws {
    let change = try orient(delta.left, delta.right)
    // The sum is rounded as the weight is: for ratios at the bound that decides which is larger.
    let ratios = try (change / (weight + 1e-8).to(.float64)).abs()
    let count = ratios.shape.reduce(1, *)
    let rank = Int((Double(count) * (100 - share * 100) / 100).rounded(.down))
    if rank >= 1 {
      let bound = try ratios.reshape(-1).smallest(rank)
      try change.multiplyInPlace(ratios.greaterOrEqual(bound).to(.float64))
    }
    try set(weight + change.to(weight.dtype))
  }

  /// Restrains the whole change D = Σ ΔW of a weight, given as its updates (PRUNE; arXiv 2405.16821, Eq. 8).
  ///
  /// With σ the largest singular value of W⁰, each singular value s of D above σ becomes ln s − ln σ + σ. D has at most the rank
  /// of its factors, so it is decomposed through them.
  ///
  /// - Parameter onTop: whether the restrained change is added to the edited weight, as in the published code, instead of to W⁰.
  func squash(_ updates: [WeightDelta], onTop: Bool) throws {
    guard !updates.isEmpty, let original else { return }
    let left = try Tensor.concatenate(updates.map { try $0.left.to(.float64) }, 1)
    let right = try Tensor.concatenate(updates.map { try $0.right.to(.float64) }, 1)
    let (qLeft, rLeft) = try left.qr()
    let (qRight, rRight) = try right.qr()
    let (u, s, vt) = try rLeft.matmul(rRight.transposed()).singularValues()
    let sigma = try Self.largestSingularValue(of: original)
    let values: [Double] = try s.array()
    guard onTop || values.contains(where: { $0 > sigma }) else { return }
    let squashed = values.map { $0 > sigma ? log($0) - log(sigma) + sigma : $0 }
    let scaled = try qLeft.matmul(u) * Tensor(squashed, device: s.device)
    let restrained = WeightDelta(block: block, left: scaled, right: try qRight.matmul(vt.transposed()))
    if !onTop { try set(weight.dtype == original.dtype ? original : original.to(weight.dtype)) }
    try add(restrained)
  }

  /// σ₁.
  private static func largestSingularValue(of weight: Tensor) throws -> Double {
    let w = try weight.to(.float64)
    let gram = try w.size(0) <= w.size(1) ? w.matmul(w.transposed()) : w.transposed().matmul(w)
    return try max(0, gram.symmetricEigen().values.max().item()).squareRoot()
  }

  /// left · rightᵀ in float64, in the checkpoint's orientation.
  private func orient(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    let (a, b) = linear.storage == .outIn ? (left, right) : (right, left)
    return try a.to(.float64).matmul(b.to(.float64).transposed())
  }
}
