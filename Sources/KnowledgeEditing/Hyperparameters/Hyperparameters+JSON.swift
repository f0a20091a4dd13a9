import Foundation
import LanguageModels
import StrictJSON

extension Hyperparameters {
  /// Reads a file in the published layout.
  ///
  /// - Parameter method: the method the file is for, which decides what must be in it.
  /// - Throws: `HyperparameterError` naming the file, the key and what is allowed.
  public static func read(
    _ url: URL, method: EditingMethod = .alphaEdit
  ) throws(HyperparameterError) -> Hyperparameters {
    try Hyperparameters(HyperparameterFields.object(of: url), method: method, file: url.path)
  }

  /// Reads the published keys of an object; `file` names it in messages. Keys it does not know are kept in `others`.
  public init(
    _ object: JSONObject, method: EditingMethod = .alphaEdit, file: String = "hyper-parameters"
  ) throws(HyperparameterError) {
    var fields = HyperparameterFields(object, file: file)
    modelName = fields.has("model_name") ? try fields.text("model_name") : nil
    layers = try fields.integers("layers")
    layerSelection = fields.has("layer_selection") ? try fields.text("layer_selection") : "all"
    subjectPosition = try fields.text("fact_token", as: SubjectPosition.Strategy.self)
    targetSteps = try fields.integer("v_num_grad_steps")
    learningRate = try Self.learningRate(&fields)
    lossLayer = try fields.integer("v_loss_layer")
    weightDecay = try fields.number("v_weight_decay")
    clampNormFactor = try fields.number("clamp_norm_factor")
    klFactor = try fields.number("kl_factor")
    usesSecondMoment = try fields.boolean("mom2_adjustment")
    let needsWeight = method.recipe()?.preserves == .secondMoment
    secondMomentWeight =
      needsWeight || fields.has("mom2_update_weight") ? try fields.number("mom2_update_weight") : nil
    modules = ModuleNames(
      downProjection: try fields.text("rewrite_module_tmp"), block: try fields.text("layer_module_tmp"),
      feedForward: try fields.text("mlp_module_tmp"), attention: try fields.text("attn_module_tmp"),
      finalNorm: try fields.text("ln_f_module"), head: try fields.text("lm_head_module"))
    statisticsCorpus = try fields.text("mom2_dataset")
    statisticsSamples = try fields.integer("mom2_n_samples")
    statisticsPrecision = try fields.text("mom2_dtype")
    nullSpace = try Self.nullSpace(&fields, isRequired: method == .alphaEdit)
    ridge = method == .alphaEdit || fields.has("L2") ? try fields.number("L2") : Self.publishedRidge
    neurons = try Self.neurons(&fields, isRequired: method == .nse)
    for (key, option) in EditingOptions.keys where fields.has(key) {
      if try fields.boolean(key) { options.insert(option) }
    }
    others = fields.others
    try check(file: file)
  }

  /// The object in the published layout, `others` at its end.
  public var json: JSON {
    var members: [(String, JSON)] = []
    if let modelName { members.append(("model_name", JSON(modelName))) }
    members += [
      ("layers", JSON(layers.map { JSON($0) })), ("clamp_norm_factor", Self.number(clampNormFactor)),
      ("layer_selection", JSON(layerSelection)), ("fact_token", JSON(subjectPosition.rawValue)),
      ("v_num_grad_steps", JSON(targetSteps)),
    ]
    switch learningRate {
    case .absolute(let rate): members.append(("v_lr", Self.number(rate)))
    case .relativeToNorm(let share): members.append(("v_lr_share", Self.number(share)))
    }
    members += [
      ("v_loss_layer", JSON(lossLayer)), ("v_weight_decay", Self.number(weightDecay)),
      ("kl_factor", Self.number(klFactor)), ("mom2_adjustment", JSON(usesSecondMoment)),
    ]
    if let secondMomentWeight { members.append(("mom2_update_weight", Self.number(secondMomentWeight))) }
    members += [
      ("rewrite_module_tmp", JSON(modules.downProjection)), ("layer_module_tmp", JSON(modules.block)),
      ("mlp_module_tmp", JSON(modules.feedForward)), ("attn_module_tmp", JSON(modules.attention)),
      ("ln_f_module", JSON(modules.finalNorm)), ("lm_head_module", JSON(modules.head)),
      ("mom2_dataset", JSON(statisticsCorpus)), ("mom2_n_samples", JSON(statisticsSamples)),
      ("mom2_dtype", JSON(statisticsPrecision)),
    ]
    switch nullSpace {
    case .threshold(let threshold): members.append(("nullspace_threshold", Self.number(threshold)))
    case .share(let share): members.append(("nullspace_share", Self.number(share)))
    }
    members.append(("L2", Self.number(ridge)))
    if let neurons {
      members += [
        ("alpha", Self.number(neurons.sufficientResidual)),
        ("upper_bound", Self.number(neurons.excessiveResidual)),
        ("max_iterations", JSON(neurons.maximumPasses)), ("neuron_threshold", Self.number(neurons.share)),
      ]
    }
    for (key, option) in EditingOptions.keys where options.contains(option) { members.append((key, true)) }
    return .object(JSONObject(members.map { (JSONString($0), $1) } + others.members))
  }

  /// The published coefficient of the identity.
  static let publishedRidge = 10.0

  /// The published bound on eigenvalues.
  static let publishedThreshold = 0.02

  private static func learningRate(
    _ fields: inout HyperparameterFields
  ) throws(HyperparameterError) -> LearningRate {
    guard fields.has("v_lr_share") else { return .absolute(try fields.number("v_lr")) }
    guard !fields.has("v_lr") else { throw fields.error("v_lr", .excludes("v_lr_share")) }
    return .relativeToNorm(try fields.number("v_lr_share"))
  }

  private static func nullSpace(
    _ fields: inout HyperparameterFields, isRequired: Bool
  ) throws(HyperparameterError) -> NullSpaceRule {
    let hasThreshold = fields.has("nullspace_threshold")
    guard fields.has("nullspace_share") else {
      return .threshold(
        isRequired || hasThreshold ? try fields.number("nullspace_threshold") : publishedThreshold)
    }
    guard !hasThreshold else { throw fields.error("nullspace_threshold", .excludes("nullspace_share")) }
    return .share(try fields.number("nullspace_share"))
  }

  private static func neurons(
    _ fields: inout HyperparameterFields, isRequired: Bool
  ) throws(HyperparameterError) -> NeuronSelection? {
    let keys = ["alpha", "upper_bound", "max_iterations", "neuron_threshold"]
    guard isRequired || keys.allSatisfy({ fields.has($0) }) else { return nil }
    return NeuronSelection(
      sufficientResidual: try fields.number("alpha"), excessiveResidual: try fields.number("upper_bound"),
      maximumPasses: try fields.integer("max_iterations"), share: try fields.number("neuron_threshold"))
  }

  /// A number, whole ones without a fraction, as the published files write them.
  static func number(_ value: Double) -> JSON { Int(exactly: value).map { JSON($0) } ?? JSON(value) }
}
