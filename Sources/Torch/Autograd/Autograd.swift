import CTorch

extension Tensor {
  /// The same values, cut from the graph that made them.
  public func detach() throws(TorchError) -> Tensor {
    try Tensor.make("detach", [self]) { ct_detach(handle) }
  }

  /// Whether operations on this tensor are recorded.
  public var requiresGradient: Bool { ct_requires_grad(handle) }

  /// Makes this tensor a leaf whose gradient can be asked for, or an ordinary one again.
  public func requireGradient(_ required: Bool = true) throws(TorchError) {
    try Tensor.run("requireGradient", [self]) { ct_set_requires_grad(handle, required) }
  }

  /// Gradients of this scalar with respect to `leaves`.
  public func gradients(of leaves: [Tensor]) throws(TorchError) -> [Tensor] {
    try Autograd.gradients(of: [self], seeds: nil, leaves: leaves)
  }
}

/// Reverse-mode differentiation through what was recorded.
public enum Autograd {
  /// Σ seedᵢ · ∂outputᵢ/∂leaf, one tensor a leaf; scalars need no seeds.
  public static func gradients(
    of outputs: [Tensor], seeds: [Tensor]?, leaves: [Tensor]
  ) throws(TorchError) -> [Tensor] {
    if let seeds, seeds.count != outputs.count {
      throw TorchError(
        operation: "gradients", message: "\(outputs.count) outputs but \(seeds.count) seeds were given")
    }
    var found = [OpaquePointer?](repeating: nil, count: leaves.count)
    let done = Tensor.withHandles(outputs) { outputHandles in
      Tensor.withHandles(leaves) { leafHandles in
        let seedHandles = seeds?.map(\.handle)
        return withExtendedLifetime(seeds) {
          guard let seedHandles else {
            return ct_grad(
              outputHandles, nil, Int32(outputs.count), leafHandles, Int32(leaves.count), &found)
          }
          return ct_grad(
            outputHandles, seedHandles, Int32(outputs.count), leafHandles, Int32(leaves.count), &found)
        }
      }
    }
    let gradients = found.compactMap { $0.map(Tensor.init(adopting:)) }
    guard done == true, gradients.count == leaves.count else {
      throw TorchError.last("gradients", outputs)
    }
    return gradients
  }

  /// Runs `body` with recording off on this thread.
  public static func withoutGradients<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withRecording(false, body)
  }

  /// Runs `body` with recording on on this thread.
  public static func withGradients<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withRecording(true, body)
  }

  private static func withRecording<Result, Failure: Error>(
    _ enabled: Bool, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = ct_grad_enabled()
    ct_set_grad_enabled(enabled)
    defer { ct_set_grad_enabled(before) }
    return try body()
  }
}
