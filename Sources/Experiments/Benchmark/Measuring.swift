import KnowledgeEditing
import Torch

extension Device {
  /// The seconds that something takes until the device has done it.
  func seconds(_ body: () throws -> Void) throws -> Double {
    try ContinuousClock().measure {
      try body()
      try synchronize()
    } / .seconds(1)
  }
}

extension Hyperparameters {
  /// AlphaEdit's published settings, on a model of another shape.
  static func benchmarked(_ shape: RandomModelShape, layers: [Int], steps: Int) throws -> Hyperparameters {
    var settings = try named("gpt2-xl")
    settings.layers = layers
    settings.targetSteps = steps
    settings.lossLayer = shape.blockCount - 1
    return settings
  }
}
