import Torch

/// Where the weights of a model come from, by the names that checkpoints of its architecture give them.
public protocol WeightSource {
  /// What holds them, for messages.
  var origin: String { get }
  /// Whether there is a weight of this name.
  func has(_ name: String) -> Bool
  /// The weight of this name.
  ///
  /// - Throws: ``LanguageModelError`` if it is missing or has another shape.
  func tensor(_ name: String, shape: [Int]) throws -> Tensor
  /// The name under which the source really has this weight.
  func storedName(_ name: String) -> String
}

/// Weights that are in memory already, used as they are: leaves for training.
public struct InMemoryWeights: WeightSource {
  private let tensors: [String: Tensor]

  /// Wraps tensors by name.
  public init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  /// That they are in memory.
  public var origin: String { "weights in memory" }

  /// Whether there is a tensor of this name.
  public func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The name itself.
  public func storedName(_ name: String) -> String { name }

  /// The very tensor that was given.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw LanguageModelError.missingWeight(
        name: name, file: origin, advice: "Give a tensor of shape \(shape).")
    }
    guard tensor.shape == shape else {
      throw LanguageModelError.weightShape(
        name: name, found: tensor.shape, expected: shape, file: origin)
    }
    return tensor
  }
}
