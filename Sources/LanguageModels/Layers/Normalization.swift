import Torch

/// (x − mean) / √(variance + ε) · w + b over the last dimension.
struct LayerNorm {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.layerNorm(weight, bias, epsilon: epsilon)
  }
}

/// x / √(mean of x² + ε) · w over the last dimension.
struct RMSNorm {
  let weight: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor { try x.rmsNorm(weight, epsilon: epsilon) }
}

/// ``RMSNorm`` with the weight stored as its distance from 1, in float32 throughout, as Gemma has it.
struct OffsetRMSNorm {
  let offset: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.to(.float32).rmsNorm(offset.to(.float32) + 1, epsilon: epsilon).to(x.dtype)
  }
}
