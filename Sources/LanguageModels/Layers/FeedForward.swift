import Torch

/// W_down act(W_up x + b) + b: the feed-forward network of GPT-2's kind.
final class FeedForward {
  let up: Linear
  let down: Linear
  let activation: Activation

  init(up: Linear, down: Linear, _ activation: Activation) {
    self.up = up
    self.down = down
    self.activation = activation
  }

  /// Nil where the pass ends at the down-projection.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor? {
    try pass.project(activation(up(x)), down, block: block)
  }
}

/// W_down (act(W_gate x) ∘ W_up x): the feed-forward network of Llama's kind.
final class GatedFeedForward {
  let gate: Linear
  let up: Linear
  let down: Linear
  let activation: Activation

  init(gate: Linear, up: Linear, down: Linear, _ activation: Activation) {
    self.gate = gate
    self.up = up
    self.down = down
    self.activation = activation
  }

  /// Nil where the pass ends at the down-projection.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass, block: Int) throws -> Tensor? {
    try pass.project(activation(gate(x)) * up(x), down, block: block)
  }
}
