import CTorch

/// A failure inside libtorch, or a request that libtorch would not have understood.
public struct TorchError: Error, Equatable, CustomStringConvertible {
  /// The operation that failed, as it is named in this module.
  public let operation: String
  /// libtorch's message, or ours.
  public let message: String
  /// The shapes of the tensors that went into the operation, in order.
  public let shapes: [[Int]]

  /// Makes an error for `operation` on tensors of the given shapes.
  public init(operation: String, message: String, shapes: [[Int]] = []) {
    self.operation = operation
    self.message = message
    self.shapes = shapes
  }

  /// The operation, the shapes of its operands, and what libtorch said.
  public var description: String {
    let operands = shapes.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }
    let arguments = operands.isEmpty ? "" : " of shapes " + operands.joined(separator: " and ")
    return "\(operation)\(arguments): \(message)"
  }

  /// Whether memory, of this machine or of a device, did not suffice.
  public var isOutOfMemory: Bool {
    // "CUDA out of memory", "MPS backend out of memory", "DefaultCPUAllocator: can't allocate memory"
    message.contains("out of memory") || message.contains("can't allocate memory")
      || message.contains("not enough memory")
  }

  static func last(_ operation: String, _ tensors: [Tensor]) -> TorchError {
    TorchError(
      operation: operation, message: String(cString: ct_last_error()), shapes: tensors.map(\.shape))
  }
}
