import Checkpoints
import LanguageModels
import Torch

/// An edited weight as the checkpoint will hold it.
struct RoundedWeight {
  /// The tensor's name in the checkpoint.
  let tensorName: String
  /// The weight in the checkpoint's type and orientation.
  let values: Tensor
  /// ‖W‖ (Frobenius) of the source.
  let sourceNorm: Double
  /// ‖ΔW‖ (Frobenius), rounding included.
  let changeNorm: Double

  /// Rounds a layer's weight to the type the checkpoint stores, and has the model compute with what will be stored.
  ///
  /// - Throws: ``EditRunError/nonFiniteWeight(tensor:dtype:)``.
  init(ofLayer layer: Int, in editor: any FactEditor, checkpoint: Checkpoint) throws {
    let linear = editor.model.downProjections[layer]
    tensorName = linear.tensorName
    let stored = try checkpoint.tensor(tensorName)
    guard let weight = editor.weight(ofLayer: layer), let dtype = DType(stored.dtype) else {
      throw EditingError.noSuchLayer(layer, blockCount: editor.model.blockCount)
    }
    values = try weight.to(dtype, .cpu)
    guard try values.isFinite().all() else {
      throw EditRunError.nonFiniteWeight(tensor: tensorName, dtype: dtype.rawValue)
    }
    let source = try stored.withBytes { try Tensor.copying($0, shape: stored.shape, dtype: dtype) }
      .to(.float32)
    sourceNorm = try source.norm().item()
    changeNorm = try (values.to(.float32) - source).norm().item()
    try linear.replaceWeight(values.to(editor.model.dtype, editor.model.device))
  }
}
