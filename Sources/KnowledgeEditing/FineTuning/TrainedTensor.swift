import LanguageModels
import Torch

/// A weight or bias of a down-projection that is being trained.
///
/// Its values are kept in float32 (or float64) whatever the model computes in, so that small steps are not rounded away.
final class TrainedTensor {
  typealias Part = ChangedTensor.Part

  let block: Int
  let part: Part
  private let linear: Linear
  /// The values between batches.
  private(set) var value: Tensor

  init(_ part: Part, of linear: Linear, block: Int) throws {
    self.block = block
    self.part = part
    self.linear = linear
    let stored = part == .weight ? linear.weight : linear.bias ?? linear.weight
    value = try stored.to(stored.dtype == .float64 ? .float64 : .float32)
  }

  /// The name under which the checkpoint has it.
  var name: String { part == .weight ? linear.tensorName : linear.biasName }

  /// Lets the model compute with other values for now; gradients with respect to them can be asked for where they are a leaf.
  func use(_ values: Tensor) throws {
    let cast = try values.to(linear.weight.dtype)
    switch part {
    case .weight: try linear.replaceWeight(cast)
    case .bias: try linear.replaceBias(cast)
    }
  }

  /// Values ← values + change.
  func add(_ change: Tensor) throws {
    value = try value + change.to(value.dtype, value.device)
    try use(value)
  }
}

extension TrainedTensor {
  /// What a name in the published files means in a block: a down-projection with its weight and its bias, or one of the two.
  ///
  /// - Throws: ``FineTuningError/notTrainable(module:trainable:)`` where it is anything else.
  static func named(_ module: PromptTemplate, block: Int, of model: any LanguageModel) throws
    -> [TrainedTensor]
  {
    let linear = model.downProjections[block]
    let name = module.filled(with: "\(block)")
    let weight = linear.name + ".weight"
    let bias = linear.name + ".bias"
    var parts: [Part] = []
    if name == linear.name || name == weight { parts.append(.weight) }
    if (name == linear.name || name == bias) && linear.bias != nil { parts.append(.bias) }
    guard !parts.isEmpty else {
      let trainable = [linear.name, weight] + (linear.bias == nil ? [] : [bias])
      throw FineTuningError.notTrainable(module: name, trainable: trainable)
    }
    return try parts.map { try TrainedTensor($0, of: linear, block: block) }
  }
}
