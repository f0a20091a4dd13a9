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

/// ``RMSNorm`` with the weight stored as its distance from 1, computed in float32 throughout, as Gemma has
/// it.
struct OffsetRMSNorm {
  let offset: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let precise = x.dtype.precise
    return try x.to(precise).rmsNorm(offset.to(precise) + 1, epsilon: epsilon).to(x.dtype)
  }
}

extension DType {
  /// The type in which sums over values of this one are made: float32, or float64 for itself.
  package var precise: DType { self == .float64 ? .float64 : .float32 }
}
