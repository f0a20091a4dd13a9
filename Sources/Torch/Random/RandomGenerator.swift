import CTorch

/// A seeded source of random tensors (libtorch's Mersenne Twister on the CPU), independent of any other.
public final class RandomGenerator {
  let handle: OpaquePointer

  /// A generator whose whole sequence is fixed by `seed`.
  public init(seed: UInt64) throws(TorchError) {
    guard let handle = ct_generator_new(seed) else { throw TorchError.last("RandomGenerator", []) }
    self.handle = handle
  }

  deinit { ct_generator_free(handle) }

  /// Independent standard normal values.
  public func normal(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor.make("normal", []) { ct_randn(dimensions(shape), Int32(shape.count), handle) }
  }

  /// Independent values uniform on [0, 1).
  public func uniform(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor.make("uniform", []) { ct_rand(dimensions(shape), Int32(shape.count), handle) }
  }

  /// Independent integers uniform on 0 ..< `bound`.
  public func integers(below bound: Int, _ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor.make("integers", []) {
      ct_randint(Int64(bound), dimensions(shape), Int32(shape.count), handle)
    }
  }

  /// One draw a row of `probabilities` [rows, V] (on the CPU; rows need not sum to 1), as int64 [rows, 1].
  public func draw(_ probabilities: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("draw", [probabilities]) { ct_multinomial(probabilities.handle, 1, handle) }
  }
}
