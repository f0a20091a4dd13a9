import Foundation

/// What a model makes of the two answers to one prompt, with teacher forcing.
public struct PromptScore: Sendable, Equatable {
  /// −(1/T) Σ log p of the new target's T tokens behind the prompt, in nats.
  public var targetNew: Double
  /// The same of the target that was true before.
  public var targetTrue: Double
  /// Whether each token of the answer that is wanted at this prompt is the model's most likely one.
  public var isCorrect: Bool

  /// A score of the two mean negative log-likelihoods.
  public init(targetNew: Double, targetTrue: Double, isCorrect: Bool) {
    self.targetNew = targetNew
    self.targetTrue = targetTrue
    self.isCorrect = isCorrect
  }

  /// Whether the new target is the likelier one, by token.
  public var prefersNew: Bool { targetNew < targetTrue }

  /// Whether the target that was true before is the likelier one, by token.
  public var prefersTrue: Bool { targetTrue < targetNew }

  /// exp(−``targetNew``) − exp(−``targetTrue``): by how much the new target is more probable.
  public var difference: Double { exp(-targetNew) - exp(-targetTrue) }
}
