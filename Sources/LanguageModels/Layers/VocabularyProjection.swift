import Torch

/// The head: from final states to logits over the vocabulary.
public struct VocabularyProjection {
  /// W [V, d].
  public let weight: Tensor
  /// b [V].
  public let bias: Tensor?
  /// c of c·tanh(logit/c), Gemma 2's bound on logits.
  public let softCap: Double?

  /// A head with the given weight.
  public init(weight: Tensor, bias: Tensor? = nil, softCap: Double? = nil) {
    self.weight = weight
    self.bias = bias
    self.softCap = softCap
  }

  /// Logits [N, V] of normalized states [N, d].
  public func callAsFunction(_ normed: Tensor) throws -> Tensor {
    let logits = try normed.linear(weight, bias)
    guard let softCap else { return logits }
    return try (logits / softCap).tanh() * softCap
  }
}
