import Torch

/// Adam (Kingma & Ba 2015; β = 0.9, 0.999, ε = 10⁻⁸) with a state and a learning rate for each row, so that rows can leave.
struct AdamRows {
  private var mean: Tensor
  private var square: Tensor
  private var rates: Tensor
  private var step = 0

  /// - Parameter rates: the learning rate of each row, [F, 1], or that of all values, [1].
  init(shape: [Int], rates: Tensor) throws {
    mean = try Tensor.zeros(shape, device: rates.device)
    square = try Tensor.zeros(shape, device: rates.device)
    self.rates = rates
  }

  /// Keeps some rows only, by their places.
  mutating func keep(_ places: Tensor) throws {
    mean = try mean.indexSelect(0, places)
    square = try square.indexSelect(0, places)
    rates = try rates.indexSelect(0, places)
  }

  /// The values after one step along `gradient`.
  mutating func update(_ values: Tensor, _ gradient: Tensor) throws -> Tensor {
    let (beta1, beta2) = (0.9, 0.999)
    step += 1
    try mean.multiplyInPlace(beta1)
    try mean.addInPlace(gradient * (1 - beta1))
    try square.multiplyInPlace(beta2)
    try square.addProductInPlace(gradient, gradient, scale: 1 - beta2)
    let correction1 = 1 - power(beta1, step)
    let correction2 = (1 - power(beta2, step)).squareRoot()
    let denominator = try square.sqrt() / correction2 + 1e-8
    return try values - mean / denominator * rates / correction1
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { value, _ in value * base }
  }
}
