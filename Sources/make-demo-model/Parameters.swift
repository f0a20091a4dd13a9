import LanguageModels
import Torch

/// The weights of a model in training, side by side in one vector so that an optimiser's step is a handful of
/// operations, whatever the number of weights.
struct Parameters {
  /// All weights, float32 [parameter count].
  let values: Tensor
  /// Whether each of them is decayed, 1 or 0: matrices are, norms are not.
  let decayed: Tensor
  /// The weights by name: leaves of the graph that share the memory of ``values``.
  let leaves: [(name: String, tensor: Tensor)]

  /// Random weights of a fresh model.
  init(of model: DemoModel, seed: UInt64) throws {
    let random = try RandomGenerator(seed: seed)
    let fresh = try model.weights.map { _, shape, deviation in
      guard let deviation else { return try Tensor.full(shape, 1).reshape(-1) }
      return try (random.normal(shape) * deviation).reshape(-1)
    }
    let values = try Tensor.concatenate(fresh, 0)
    self.values = values
    decayed = try Tensor.concatenate(
      model.weights.map { _, shape, deviation in
        try Tensor.full([shape.reduce(1, *)], deviation == nil ? 0 : 1)
      }, 0)
    var start = 0
    leaves = try model.weights.map { name, shape, _ in
      let end = start + shape.reduce(1, *)
      defer { start = end }
      let leaf = try values.narrow(0, start..<end).view(shape).detach()
      try leaf.requireGradient()
      return (name, leaf)
    }
  }

  /// The weights as a model takes them.
  var source: InMemoryWeights {
    InMemoryWeights(Dictionary(leaves.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The gradient of a scalar, in the order of ``values``.
  func gradient(of loss: Tensor) throws -> Tensor {
    let gradients = try loss.gradients(of: leaves.map(\.tensor))
    return try Tensor.concatenate(gradients.map { try $0.reshape(-1) }, 0)
  }
}
