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
    func require(_ condition: Bool, _ key: String, _ value: Any, _ allowed: String)
      throws(HyperparameterError)
    {
      guard !condition else { return }
      throw HyperparameterError(file: file, key: key, fault: .notAllowed(value: "\(value)", allowed: allowed))
    }
    func requirePositive(_ value: Double, _ key: String) throws(HyperparameterError) {
      try require(value.isFinite && value > 0, key, value, "a finite number above 0")
    }
    func requireShare(_ value: Double, _ key: String) throws(HyperparameterError) {
      try require(value > 0 && value < 1, key, value, "a number between 0 and 1, both excluded")
    }
    let isAscending = zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
    try require(
      !layers.isEmpty && layers[0] >= 0 && isAscending, "layers", layers,
      "numbers of blocks, ascending, at least one")
    if let blockCount {
      let allowed = "below \(blockCount), the number of the model's blocks"
      try require(targetLayer < blockCount, "layers", layers, allowed)
      try require(lossLayer < blockCount, "v_loss_layer", lossLayer, allowed)
    }
    try require(lossLayer >= 0, "v_loss_layer", lossLayer, "the number of a block")
    try require(targetSteps >= 1, "v_num_grad_steps", targetSteps, "at least 1")
    switch learningRate {
    case .absolute(let rate): try requirePositive(rate, "v_lr")
    case .relativeToNorm(let share): try requirePositive(share, "v_lr_share")
    }
    try requirePositive(clampNormFactor, "clamp_norm_factor")
    for (value, key) in [(weightDecay, "v_weight_decay"), (klFactor, "kl_factor")] {
      try require(value.isFinite && value >= 0, key, value, "a finite number, not negative")
    }
    if let secondMomentWeight { try requirePositive(secondMomentWeight, "mom2_update_weight") }
    try require(statisticsSamples >= 1, "mom2_n_samples", statisticsSamples, "at least 1")
    switch nullSpace {
    case .threshold(let threshold): try requirePositive(threshold, "nullspace_threshold")
    case .share(let share): try requireShare(share, "nullspace_share")
    }
    try requirePositive(ridge, "L2")
    if let neurons {
      for (value, key) in [(neurons.sufficientResidual, "alpha"), (neurons.excessiveResidual, "upper_bound")]
      {
        try require(value.isFinite && value >= 0, key, value, "a finite number, not negative")
      }
      try require(neurons.maximumPasses >= 1, "max_iterations", neurons.maximumPasses, "at least 1")
      try requirePositive(neurons.share, "neuron_threshold")
    }
    for (name, key) in modules.templates {
      try require(
        (try? PromptTemplate(name)) != nil, key, quoted(name), "a name with {} for the block's number")
    }
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
