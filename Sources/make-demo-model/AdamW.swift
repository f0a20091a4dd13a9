import Foundation
import Torch

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2), after clipping the gradient's norm.
struct AdamW {
  var firstDecay = 0.9
  var secondDecay = 0.99
  var epsilon = 1e-8
  var weightDecay = 0.05
  var largestNorm = 1.0
  private let parameters: Parameters
  private let mean: Tensor
  private let square: Tensor
  private var stepCount = 0

  init(_ parameters: Parameters) throws {
    self.parameters = parameters
    mean = try Tensor.zeros(parameters.values.shape)
    square = try Tensor.zeros(parameters.values.shape)
  }

  /// One step along `gradient` [parameter count], which is changed.
  mutating func step(_ gradient: Tensor, learningRate: Double) throws {
    stepCount += 1
    let norm = try gradient.norm(0).item()
    if norm > largestNorm { try gradient.multiplyInPlace(largestNorm / norm) }
    try mean.multiplyInPlace(firstDecay)
    try mean.addInPlace(gradient * (1 - firstDecay))
    try square.multiplyInPlace(secondDecay)
    try square.addProductInPlace(gradient, gradient, scale: 1 - secondDecay)
    let meanCorrection = 1 - pow(firstDecay, Double(stepCount))
    let squareCorrection = 1 - pow(secondDecay, Double(stepCount))
    let update = try mean / ((square / squareCorrection).sqrt() + epsilon)
    let values = parameters.values
    try values.addProductInPlace(values, parameters.decayed, scale: -learningRate * weightDecay)
    try values.addInPlace(update * (-learningRate / meanCorrection))
  }
}
