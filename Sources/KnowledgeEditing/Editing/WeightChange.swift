import Checkpoints
import LanguageModels
import Torch

/// How far a tensor has moved from what a checkpoint stores: Frobenius norms, in float32.
package struct WeightChange: Sendable, Equatable {
  /// ‖W‖.
  package let sourceNorm: Double
  /// ‖W + ΔW‖.
  package let norm: Double
  /// ‖ΔW‖.
  package let changeNorm: Double

  /// The change from `stored` to `values`, which have its shape.
  ///
  /// - Throws: `TorchError` also where `stored` is of a type that cannot be computed with.
  package init(of values: Tensor, from stored: MappedTensor) throws {
    guard let dtype = DType(stored.dtype) else {
      throw TorchError(
        operation: "compare", message: "“\(stored.name)” is \(stored.dtype.rawValue)", shapes: [stored.shape])
    }
    let source = try Tensor.copying(stored, dtype: dtype).to(.float32, values.device)
    let values = try values.to(.float32)
    sourceNorm = try source.norm().item()
    norm = try values.norm().item()
    changeNorm = try (values - source).norm().item()
  }

  /// ‖ΔW‖/‖W‖.
  package var growth: Double { changeNorm / max(sourceNorm, .leastNormalMagnitude) }
}

extension ChangedTensor {
  /// The name under which a checkpoint has it.
  func tensorName(in model: any LanguageModel) -> String {
    let linear = model.downProjections[block]
    return part == .weight ? linear.tensorName : linear.biasName
  }
}

extension LanguageModel {
  /// Does something while parts of down-projections are others, given in the checkpoint's orientation and any type.
  func computing<Result>(with tensors: [ChangedTensor], _ body: () throws -> Result) throws -> Result {
    var present: [ChangedTensor] = []
    defer { for tensor in present { try? put(tensor) } }
    for tensor in tensors {
      let linear = downProjections[tensor.block]
      guard let value = tensor.part == .weight ? linear.weight : linear.bias else { continue }
      present.append(ChangedTensor(block: tensor.block, part: tensor.part, value: value))
      try put(tensor)
    }
    return try body()
  }

  /// Puts a part of a down-projection in place of what is there.
  func put(_ tensor: ChangedTensor) throws {
    let (linear, value) = (downProjections[tensor.block], try tensor.value.to(dtype, device))
    switch tensor.part {
    case .weight: try linear.replaceWeight(value)
    case .bias: try linear.replaceBias(value)
    }
  }
}
