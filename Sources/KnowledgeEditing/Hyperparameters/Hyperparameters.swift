import LanguageModels
import StrictJSON

/// The settings of an edit, with the meaning of the published files' keys.
///
/// ```swift
/// var settings = try Hyperparameters.named("Llama3-8B")     // built in; or a path
/// settings.nullSpace = .share(0.99)
/// try settings.check(blockCount: 32)
/// ```
public struct Hyperparameters: Sendable, Equatable {
  /// The model they were made for (`model_name`); nil when the file does not say it.
  public var modelName: String?

  /// The blocks whose down-projection is edited, ascending (`layers`); the last is the one that target values are
  /// for.
  public var layers: [Int]

  /// Which layers a fact is spread over (`layer_selection`); published files say `all`.
  public var layerSelection: String

  /// Which token carries the subject (`fact_token`).
  public var subjectPosition: SubjectPosition.Strategy

  /// The number of forward passes in the optimisation of a target value, one more than Adam's steps
  /// (`v_num_grad_steps`).
  public var targetSteps: Int

  /// Adam's learning rate there (`v_lr`).
  public var learningRate: LearningRate

  /// The block whose output the target's log-probabilities are computed from (`v_loss_layer`), usually the last.
  public var lossLayer: Int

  /// The weight of ‖δ‖/‖h₀‖² in the loss (`v_weight_decay`).
  public var weightDecay: Double

  /// The largest ‖δ‖ as a share of ‖h₀‖ (`clamp_norm_factor`).
  public var clampNormFactor: Double

  /// The weight of the divergence from the unedited model's distribution after the subject (`kl_factor`).
  public var klFactor: Double

  /// Whether the second moment of keys is used (`mom2_adjustment`); ROME alone reads it.
  public var usesSecondMoment: Bool

  /// λ, the weight of the second moment of keys in MEMIT's equation (`mom2_update_weight`); not used by AlphaEdit.
  public var secondMomentWeight: Double?

  /// What the checkpoint calls its modules (`rewrite_module_tmp` and the others).
  public var modules: ModuleNames

  /// The corpus of the second moment (`mom2_dataset`), a name in the file names of published statistics.
  public var statisticsCorpus: String

  /// The number of documents in the second moment (`mom2_n_samples`).
  public var statisticsSamples: Int

  /// The precision of the second moment (`mom2_dtype`), a name in the file names of published statistics.
  public var statisticsPrecision: String

  /// Which directions an edit may use (`nullspace_threshold`, or `nullspace_share`, which is this project's own).
  public var nullSpace: NullSpaceRule

  /// The coefficient of the identity in AlphaEdit's normal equation (`L2`), in the square of the keys' unit.
  public var ridge: Double

  /// NSE's own settings; nil where the file does not have them.
  public var neurons: NeuronSelection?

  /// Departures from the published method.
  public var options: EditingOptions = []

  /// Keys that are not read here, such as those of other methods, as they stand in the file.
  public var others: JSONObject

  /// The block that target values are for: the last of `layers`.
  public var targetLayer: Int { layers.last ?? 0 }
}

extension Hyperparameters {
  /// Keys of `others` that no published method has; perhaps misspelt, so worth a warning.
  public var unrecognizedKeys: [String] { others.keys.filter { !Self.otherMethodsKeys.contains($0) } }

  private static let otherMethodsKeys: Set<String> = [
    "alg_name",
    "context_template_length_params",
    "num_steps", "lr", "weight_decay", "norm_constraint", "batch_size", "wd_power_law", "stats_dir", "device",
    "lr_scale", "n_toks", "counterfact", "zsre", "mini", "model_parallel", "P_loc", "hparams_dir",
  ]

  /// Checks the values, and that the model has the blocks they name.
  ///
  /// - Parameters:
  ///   - blockCount: the number of the model's blocks; nil to check the values only.
  ///   - file: what messages call the hyper-parameters.
  /// - Throws: `HyperparameterError` naming the published key and what is allowed.
  public func check(blockCount: Int? = nil, file: String = "hyper-parameters") throws(HyperparameterError) {
    let check = HyperparameterCheck(file: file)
    try check.layers(layers, of: blockCount)
    try check.block(lossLayer, of: blockCount, "v_loss_layer", lossLayer)
    try check.require(lossLayer >= 0, "v_loss_layer", lossLayer, "the number of a block")
    try check.atLeastOne(targetSteps, "v_num_grad_steps")
    switch learningRate {
    case .absolute(let rate): try check.positive(rate, "v_lr")
    case .relativeToNorm(let share): try check.positive(share, "v_lr_share")
    }
    try check.positive(clampNormFactor, "clamp_norm_factor")
    try check.notNegative(weightDecay, "v_weight_decay")
    try check.notNegative(klFactor, "kl_factor")
    if let secondMomentWeight { try check.positive(secondMomentWeight, "mom2_update_weight") }
    try check.atLeastOne(statisticsSamples, "mom2_n_samples")
    switch nullSpace {
    case .threshold(let threshold): try check.positive(threshold, "nullspace_threshold")
    case .share(let share): try check.share(share, "nullspace_share")
    }
    try check.positive(ridge, "L2")
    if let neurons {
      try check.notNegative(neurons.sufficientResidual, "alpha")
      try check.notNegative(neurons.excessiveResidual, "upper_bound")
      try check.atLeastOne(neurons.maximumPasses, "max_iterations")
      try check.positive(neurons.share, "neuron_threshold")
    }
    for (name, key) in modules.templates { try check.moduleTemplate(name, key) }
  }
}

extension ModuleNames {
  /// The names that hold `{}`, with their published keys.
  fileprivate var templates: [(name: String, key: String)] {
    [
      (downProjection, "rewrite_module_tmp"), (block, "layer_module_tmp"), (feedForward, "mlp_module_tmp"),
      (attention, "attn_module_tmp"),
    ]
  }
}
