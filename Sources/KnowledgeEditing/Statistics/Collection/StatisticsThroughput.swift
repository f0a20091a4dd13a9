import Checkpoints
import LanguageModels

/// How fast key statistics were collected, beside what this machine's matrix products reach.
public struct StatisticsThroughput: Sendable {
  /// Tokens a second.
  public let tokensPerSecond: Double
  /// The operations that a token takes: two for each weight of the blocks up to the last layer, and 2n² for each layer's sum.
  public let flopsPerToken: Double
  /// Operations a second of products of the model's widest weights, measured.
  public let matrixRate: Double

  /// The share of that rate at which tokens went through.
  public var shareOfMatrixRate: Double { tokensPerSecond * flopsPerToken / max(matrixRate, 1) }

  /// - Parameters:
  ///   - seconds: that `tokens` tokens took.
  ///   - layers: the blocks whose keys were summed, ascending.
  init(
    tokens: Int, seconds: Double, layers: [Int], model: any LanguageModel, checkpoint: Checkpoint
  ) throws {
    tokensPerSecond = Double(tokens) / max(seconds, 1e-9)
    let n = Double(model.feedForwardWidth)
    let blocks = Double((layers.last ?? -1) + 1)
    flopsPerToken =
      2 * blocks * Double(Self.weightsPerBlock(of: model, checkpoint)) + 2 * n * n * Double(layers.count)
    matrixRate = try SpeedTrial.rate(
      of: model.shape, rows: 1024, dtype: model.dtype, device: model.device)
  }

  /// How many weights of matrices the first block has.
  private static func weightsPerBlock(of model: any LanguageModel, _ checkpoint: Checkpoint) -> Int {
    guard let name = model.downProjections.first?.tensorName, let end = name.range(of: ".0.") else {
      return 0
    }
    let block = name[..<end.upperBound]
    return checkpoint.shards.flatMap { $0.file.tensors }
      .filter { $0.name.hasPrefix(block) && $0.shape.count == 2 }
      .reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
