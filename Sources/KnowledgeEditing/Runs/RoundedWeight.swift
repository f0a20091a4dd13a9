import Checkpoints
import LanguageModels
import Torch

/// An edited tensor as the checkpoint will hold it.
struct RoundedWeight {
  /// What was edited, as the editor has it.
  let changed: ChangedTensor
  /// The tensor's name in the checkpoint.
  let tensorName: String
  /// The tensor in the checkpoint's type and orientation.
  let values: Tensor
  /// ‖W‖ (Frobenius) of the source.
  let sourceNorm: Double
  /// ‖ΔW‖ (Frobenius), rounding included.
  let changeNorm: Double

  /// Rounds a tensor to the type the checkpoint stores, and has the model compute with what will be stored.
  ///
  /// - Throws: ``EditRunError/nonFiniteWeight(tensor:dtype:)``.
  init(_ changed: ChangedTensor, in model: any LanguageModel, checkpoint: Checkpoint) throws {
    self.changed = changed
    tensorName = changed.tensorName(in: model)
    let stored = try checkpoint.tensor(tensorName)
    guard let dtype = DType(stored.dtype) else {
      throw EditingError.noSuchLayer(changed.block, blockCount: model.blockCount)
    }
    values = try changed.value.to(dtype, .cpu)
    guard try values.isFinite().all() else {
      throw EditRunError.nonFiniteWeight(tensor: tensorName, dtype: dtype.rawValue)
    }
    let change = try WeightChange(of: values, from: stored)
    sourceNorm = change.sourceNorm
    changeNorm = change.changeNorm
    try model.put(ChangedTensor(block: changed.block, part: changed.part, value: values))
  }
}
