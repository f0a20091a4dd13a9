import Foundation
import StrictJSON

extension FineTuningSettings {
  /// Reads a file in the published layout.
  ///
  /// - Throws: `HyperparameterError` naming the file, the key and what is allowed.
  public static func read(_ url: URL) throws(HyperparameterError) -> FineTuningSettings {
    try FineTuningSettings(HyperparameterFields.object(of: url), file: url.path)
  }

  /// Reads the published keys of an object; `file` names it in messages. Keys it does not know are kept in `others`.
  public init(_ object: JSONObject, file: String = "hyper-parameters") throws(HyperparameterError) {
    var fields = HyperparameterFields(object, file: file)
    layers = try fields.integers("layers")
    epochs = try fields.integer("num_steps")
    learningRate = try fields.number("lr")
    weightDecay = try fields.numberUnlessFalse("weight_decay") ?? 0
    weightDecayPowerLaw = fields.has("wd_power_law") ? try fields.powerLaw("wd_power_law") : nil
    normConstraint = try fields.numberUnlessFalse("norm_constraint")
    batchSize = fields.has("batch_size") ? try fields.integer("batch_size") : Self.publishedBatchSize
    trainedModule = try fields.text("rewrite_module_tmp")
    others = fields.others
    try check(file: file)
  }

  /// The object in the published layout, `others` at its end.
  public var json: JSON {
    var members: [(String, JSON)] = [
      ("layers", JSON(layers.map { JSON($0) })), ("num_steps", JSON(epochs)),
      ("lr", Hyperparameters.number(learningRate)), ("weight_decay", Hyperparameters.number(weightDecay)),
      ("norm_constraint", normConstraint.map(Hyperparameters.number) ?? .bool(false)),
      ("batch_size", JSON(batchSize)), ("rewrite_module_tmp", JSON(trainedModule)),
    ]
    if let law = weightDecayPowerLaw {
      members.append(("wd_power_law", JSON([JSON(law.exponent), JSON(law.logarithm)])))
    }
    return .object(JSONObject(members.map { (JSONString($0), $1) } + others.members))
  }
}

extension HyperparameterFields {
  /// A number, or nil where the file says `false`.
  fileprivate mutating func numberUnlessFalse(_ key: String) throws(HyperparameterError) -> Double? {
    has(key) && object[key]?.bool == false ? nil : try number(key)
  }

  fileprivate mutating func powerLaw(_ key: String) throws(HyperparameterError) -> WeightDecayPowerLaw {
    let numbers = object[key]?.array?.compactMap(\.double) ?? []
    guard numbers.count == 2, object[key]?.array?.count == 2 else {
      throw error(
        key, .wrongType(expected: "an array of two numbers", found: object[key]?.kind ?? "nothing"))
    }
    return WeightDecayPowerLaw(exponent: numbers[0], logarithm: numbers[1])
  }
}
