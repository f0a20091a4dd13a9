import Torch

/// An affine map y = W x + b of a model, and the only place where one of its weights can change.
///
/// W is [d, n] mathematically, whatever the checkpoint's orientation.
public final class Linear {
  /// How a checkpoint lays out W.
  public enum Storage: Sendable {
    /// [d, n], as most do.
    case outIn
    /// [n, d], as GPT-2 does.
    case inOut
  }

  /// The module's name, e.g. `model.layers.3.mlp.down_proj`.
  public let name: String
  /// The name under which the weight's source has it.
  public let tensorName: String
  /// W as stored.
  ///
  /// After the first ``add(left:right:)`` its memory is changed by later ones: clone it to keep it.
  public private(set) var weight: Tensor
  /// b [d].
  public private(set) var bias: Tensor?
  /// The orientation of ``weight``.
  public let storage: Storage
  private var ownsMemory = false

  /// A map with the given weight, in the orientation that `storage` says.
  public init(
    name: String, tensorName: String? = nil, weight: Tensor, bias: Tensor? = nil, storage: Storage = .outIn
  ) {
    self.name = name
    self.tensorName = tensorName ?? name + ".weight"
    self.weight = weight
    self.bias = bias
    self.storage = storage
  }

  /// n.
  public var inputWidth: Int { weight.size(storage == .outIn ? 1 : 0) }
  /// d.
  public var outputWidth: Int { weight.size(storage == .outIn ? 0 : 1) }

  /// The name under which the weight's source has the bias, where there is one.
  public var biasName: String {
    tensorName.hasSuffix(".weight") ? tensorName.dropLast("weight".count) + "bias" : name + ".bias"
  }

  /// y [N, d] of x [N, n].
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch storage {
    case .outIn: return try x.linear(weight, bias)
    case .inOut:
      guard let bias else { return try x.matmul(weight) }
      return try Tensor.affine(bias, x, weight)
    }
  }

  /// Puts another weight of the same shape, type and device in place; it is not copied.
  ///
  /// - Throws: ``LanguageModelError`` where it does not fit.
  public func replaceWeight(_ new: Tensor) throws {
    try Self.check(new, canReplace: weight, tensorName)
    weight = new
    ownsMemory = false
  }

  /// Puts another bias of the same shape, type and device in place; it is not copied.
  ///
  /// - Throws: ``LanguageModelError`` where it does not fit, or there is no bias.
  public func replaceBias(_ new: Tensor) throws {
    guard let bias else {
      throw LanguageModelError.replacement(name: biasName, reason: "the map has no bias.")
    }
    try Self.check(new, canReplace: bias, biasName)
    self.bias = new
  }

  private static func check(_ new: Tensor, canReplace old: Tensor, _ name: String) throws {
    guard new.shape == old.shape, new.dtype == old.dtype, new.device == old.device else {
      throw LanguageModelError.replacement(
        name: name,
        reason: "it is \(old.dtype) \(old.shape) on \(old.device), the new one "
          + "\(new.dtype) \(new.shape) on \(new.device).")
    }
  }

  /// W ← W + L Rᵀ for L [d, r] and R [n, r], computed in float32 (in float64 where W is), whatever W's type.
  ///
  /// The first call copies W, which may be a file's memory; later ones change the copy in place.
  public func add(left: Tensor, right: Tensor) throws {
    guard left.rank == 2, right.rank == 2, left.size(0) == outputWidth, right.size(0) == inputWidth,
      left.size(1) == right.size(1)
    else {
      throw LanguageModelError.replacement(
        name: tensorName,
        reason:
          "factors of shapes \(left.shape) and \(right.shape) do not make a [\(outputWidth), \(inputWidth)].")
    }
    let precise = weight.dtype.precise
    // In one layout, so that factors read back from a file give the same sums to the last bit.
    try Autograd.withoutGradients {
      let left = try left.to(precise, weight.device).contiguous()
      let right = try right.to(precise, weight.device).contiguous()
      let (a, b) = storage == .outIn ? (left, right) : (right, left)
      if weight.dtype == precise {
        let sum = ownsMemory ? weight : try weight.clone()
        try sum.addMatmulInPlace(a, b.transposed())
        weight = sum
      } else {
        let sum = try weight.to(precise)
        try sum.addMatmulInPlace(a, b.transposed())
        weight = try sum.to(weight.dtype)
      }
      ownsMemory = true
    }
  }
}
