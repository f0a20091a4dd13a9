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
    let check = HyperparameterCheck(file: file)
    try check.layers(layers, of: blockCount)
    try check.atLeastOne(epochs, "num_steps")
    try check.positive(learningRate, "lr")
    try check.notNegative(weightDecay, "weight_decay", or: ", or false")
    if let law = weightDecayPowerLaw {
      try check.require(
        law.exponent.isFinite && law.logarithm.isFinite, "wd_power_law", law, "two finite numbers")
    }
    if let normConstraint { try check.positive(normConstraint, "norm_constraint", or: ", or false") }
    try check.atLeastOne(batchSize, "batch_size")
    try check.moduleTemplate(trainedModule, "rewrite_module_tmp")
  }
}
