import Foundation
import StrictJSON

/// The settings of fine-tuning, with the meaning of the published files' keys.
///
/// ```swift
/// let settings = try FineTuningSettings.read(URL(filePath: "hparams/FT/gpt2-xl_constr.json"))
/// ```
public struct FineTuningSettings: Sendable, Equatable {
  /// The blocks in which weights are trained, ascending (`layers`).
  public var layers: [Int]

  /// The most passes over a batch of facts, each with a step a minibatch (`num_steps`).
  public var epochs: Int

  /// Adam's learning rate (`lr`).
  public var learningRate: Double

  /// What of a weight is added to its gradient (`weight_decay`, 0 where the file says false).
  public var weightDecay: Double

  /// a and b of a weight decay of uᵃ·eᵇ for u facts (`wd_power_law`); nil where the file does not have it.
  public var weightDecayPowerLaw: WeightDecayPowerLaw?

  /// How far each element of a trained tensor may be from where the batch of facts found it (`norm_constraint`); nil where the
  /// file says false: unconstrained. The published code takes a whole number for false too.
  public var normConstraint: Double?

  /// Facts to a minibatch (`batch_size`).
  public var batchSize: Int

  /// What is trained (`rewrite_module_tmp`): a module, with its weight and its bias, or one tensor of it by its full name.
  public var trainedModule: String

  /// Keys that are not read here, such as names of other modules, as they stand in the file.
  public var others: JSONObject

  /// The published number of facts to a minibatch, where the file has none.
  public static let publishedBatchSize = 64
}

/// A weight decay that falls as more facts are written at once.
public struct WeightDecayPowerLaw: Sendable, Equatable {
  /// The exponent a of the number of facts.
  public var exponent: Double
  /// b, the logarithm of the weight decay for one fact.
  public var logarithm: Double

  /// uᵃ·eᵇ for u = `factCount`.
  public func weightDecay(factCount: Int) -> Double { pow(Double(factCount), exponent) * exp(logarithm) }
}

extension FineTuningSettings {
  /// Checks the values, and that the model has the blocks they name.
  ///
  /// - Parameters:
  ///   - blockCount: the number of the model's blocks; nil to check the values only.
  ///   - file: what messages call the settings.
  /// - Throws: `HyperparameterError` naming the published key and what is allowed.
  public func check(blockCount: Int? = nil, file: String = "hyper-parameters") throws(HyperparameterError) {
    func require(_ condition: Bool, _ key: String, _ value: Any, _ allowed: String)
      throws(HyperparameterError)
    {
      guard !condition else { return }
      throw HyperparameterError(file: file, key: key, fault: .notAllowed(value: "\(value)", allowed: allowed))
    }
    let isAscending = zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
    try require(
      !layers.isEmpty && layers[0] >= 0 && isAscending, "layers", layers,
      "numbers of blocks, ascending, at least one")
    if let blockCount {
      let allowed = "below \(blockCount), the number of the model's blocks"
      try require(layers.allSatisfy { $0 < blockCount }, "layers", layers, allowed)
    }
    try require(epochs >= 1, "num_steps", epochs, "at least 1")
    try require(learningRate.isFinite && learningRate > 0, "lr", learningRate, "a finite number above 0")
    try require(
      weightDecay.isFinite && weightDecay >= 0, "weight_decay", weightDecay,
      "a finite number, not negative, or false")
    if let law = weightDecayPowerLaw {
      try require(
        law.exponent.isFinite && law.logarithm.isFinite, "wd_power_law", law, "two finite numbers")
    }
    if let bound = normConstraint {
      try require(bound.isFinite && bound > 0, "norm_constraint", bound, "a finite number above 0, or false")
    }
    try require(batchSize >= 1, "batch_size", batchSize, "at least 1")
    try require(
      (try? PromptTemplate(trainedModule)) != nil, "rewrite_module_tmp", quoted(trainedModule),
      "a name with {} for the block's number")
  }
}
