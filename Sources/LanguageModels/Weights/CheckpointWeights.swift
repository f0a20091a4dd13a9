import Checkpoints
import Torch

/// The weights of a checkpoint, in the checkpoint's own memory where type and device allow it.
public struct CheckpointWeights: WeightSource {
  /// The checkpoint.
  public let checkpoint: Checkpoint
  /// The type weights are given in.
  public let dtype: DType
  /// Where weights are given.
  public let device: Device

  /// Weights of `checkpoint`.
  ///
  /// - Parameters:
  ///   - dtype: the type to compute in; that of the checkpoint's largest tensor where nil
  ///   - device: where to compute; weights stay in the mapped file on the CPU if they have the type already
  public init(_ checkpoint: Checkpoint, dtype: DType? = nil, device: Device = .cpu) throws {
    self.checkpoint = checkpoint
    self.device = device
    let stored = checkpoint.shards.flatMap { $0.file.tensors }
      .filter { DType($0.dtype) != nil }
      .max { $0.byteRange.count < $1.byteRange.count }
    self.dtype = dtype ?? stored.flatMap { DType($0.dtype) } ?? .float32
  }

  /// The checkpoint's directory.
  public var origin: String { checkpoint.directory.path }

  /// Whether the checkpoint has this weight.
  public func has(_ name: String) -> Bool { checkpoint[storedName(name)] != nil }

  /// The name, or the name without its first component: checkpoints saved from the bare decoder, without its
  /// head, lack the decoder's own name, e.g. `transformer.`.
  public func storedName(_ name: String) -> String {
    guard checkpoint[name] == nil, let dot = name.firstIndex(of: ".") else { return name }
    let bare = String(name[name.index(after: dot)...])
    return checkpoint[bare] == nil ? name : bare
  }

  /// The weight of this name, converted if need be.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let stored = try checkpoint.tensor(storedName(name))
    guard stored.shape == shape else {
      throw LanguageModelError.weightShape(
        name: stored.name, found: stored.shape, expected: shape, file: origin)
    }
    guard let type = DType(stored.dtype) else {
      throw LanguageModelError.weightType(name: stored.name, type: stored.dtype.rawValue, file: origin)
    }
    let mapped = try Tensor.borrowing(stored.bytes, shape: shape, dtype: type, owner: stored.owner)
    let weight = try mapped.to(dtype, device)
    try stored.file.checkUnchanged()
    return weight
  }
}

extension DType {
  /// The type of stored weights that can be computed with.
  public init?(_ stored: StoredType) {
    switch stored {
    case .float64: self = .float64
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    default: return nil
    }
  }
}
