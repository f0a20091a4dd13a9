import Checkpoints
import Torch

extension Tensor {
  /// A copy of a stored tensor, on the CPU.
  ///
  /// - Parameter dtype: the type that it is stored in.
  /// - Throws: `TorchError`; `CheckpointError` where the file was cut short meanwhile.
  package static func copying(_ stored: MappedTensor, dtype: DType) throws -> Tensor {
    try stored.withBytes { try copying($0, shape: stored.shape, dtype: dtype) }
  }
}
