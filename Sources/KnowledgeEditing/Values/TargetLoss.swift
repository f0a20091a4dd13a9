import LanguageModels
import Torch

/// The loss of target values and its gradient with respect to final states, for many facts at once.
///
/// For each fact: the mean over contexts and target tokens of −log p(target), plus `klFactor` times
/// KL(p ‖ p₀) at the essence prompt's subject (AlphaEdit's `compute_z`; ROME Eq. 4). The gradient of both is written down
/// rather than recorded: the logits are the largest tensors of a step, and this passes over them in place.
struct TargetLoss {
  private let head: VocabularyProjection
  private let klFactor: Double
  /// log p₀ at the essence prompts, [F, V] in float32: the distributions before any change.
  private(set) var reference: Tensor?

  init(head: VocabularyProjection, klFactor: Double) {
    self.head = head
    self.klFactor = klFactor
  }

  /// Keeps the references of some facts only, by their places.
  mutating func keep(_ places: Tensor) throws { reference = try reference?.indexSelect(0, places) }

  /// What a state of the optimisation amounts to.
  struct Evaluation {
    /// Each fact's loss, [F].
    let loss: Tensor
    /// The gradient [M + F, d] of their sum with respect to the final states.
    let gradient: Tensor
    /// For each target position whether its token is the most probable one, [M]; nil where it was not asked.
    let isMostProbable: Tensor?
  }

  /// Each fact's loss and the gradient of their sum with respect to `normed`.
  ///
  /// - Parameters:
  ///   - normed: final states of M target positions, then of F essence prompts.
  ///   - asksForMostProbable: whether ``Evaluation/isMostProbable`` is wanted.
  mutating func evaluate(
    _ normed: Tensor, _ rows: SuffixRows, asksForMostProbable: Bool = false
  ) throws -> Evaluation {
    let m = rows.targets.size(0)
    let total = normed.size(0)
    let logits = try normed.linear(head.weight, head.bias).to(.float32)
    let slope = try capInPlace(logits)
    let logP = logits
    try logP.subtractInPlace(logits.logSumExp(1, keep: true))

    let targetLogP = try logP.narrow(0, 0..<m)
    let chosenLogP = try targetLogP.gather(1, rows.targets)
    let nll = try chosenLogP * rows.weights
    let isMostProbable =
      asksForMostProbable ? try targetLogP.max(1, keep: true).lessOrEqual(chosenLogP).squeeze(1) : nil
    let essenceLogP = try logP.narrow(0, m..<total)
    if reference == nil { reference = try essenceLogP.clone() }
    let difference = try essenceLogP - (reference ?? essenceLogP)
    try logP.expInPlace()
    let p = logP
    let divergence = try (p.narrow(0, m..<total) * difference).sum(1, keep: true)
    let loss = try (divergence.squeeze(1) * klFactor).indexAdd(0, rows.factOfTarget, -nll.squeeze(1))

    // d(−Σ w log p_t)/dlogits = w (p − e_t);  dKL/dlogits = p ∘ (log p − log p₀ − KL)
    let targetP = try p.narrow(0, 0..<m)
    try targetP.multiplyInPlace(rows.weights)
    try targetP.scatterAddInPlace(1, rows.targets, -rows.weights)
    try difference.subtractInPlace(divergence)
    try difference.multiplyInPlace(klFactor)
    try p.narrow(0, m..<total).multiplyInPlace(difference)
    if let slope { try p.multiplyInPlace(slope) }
    return Evaluation(
      loss: loss, gradient: try p.to(normed.dtype).matmul(head.weight), isMostProbable: isMostProbable)
  }

  /// Applies the head's soft cap, c·tanh(x/c), in place and returns its slope; nil where there is none.
  private func capInPlace(_ logits: Tensor) throws -> Tensor? {
    guard let cap = head.softCap else { return nil }
    let bounded = try (logits / cap).tanh()
    try logits.copyInPlace(bounded * cap)
    return try -bounded.square() + 1
  }
}
