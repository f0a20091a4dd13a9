import LanguageModels

/// Changes to hyper-parameters, and the choice of those to change.
public struct HyperparameterOverrides: Sendable, Equatable {
  /// The blocks to edit.
  public var layers: [Int]?
  /// Which directions edits may use.
  public var nullSpace: NullSpaceRule?
  /// The coefficient of the identity.
  public var ridge: Double?
  /// Forward passes in the optimisation of a target value.
  public var targetSteps: Int?
  /// Adam's learning rate there.
  public var learningRate: Double?
  /// The largest ‖δ‖ as a share of ‖h₀‖.
  public var clampNormFactor: Double?
  /// λ, the weight of the second moment.
  public var secondMomentWeight: Double?
  /// Departures from the published method, beside those that the hyper-parameters have.
  public var options: EditingOptions = []

  /// No changes.
  public init() {}

  /// The hyper-parameters with the changes made.
  func applied(to settings: Hyperparameters) -> Hyperparameters {
    var settings = settings
    // An edit is spread over its layers in the order of the blocks, whatever order they are named in.
    if let layers { settings.layers = Set(layers).sorted() }
    if let nullSpace { settings.nullSpace = nullSpace }
    if let ridge { settings.ridge = ridge }
    if let targetSteps { settings.targetSteps = targetSteps }
    if let learningRate { settings.learningRate = .absolute(learningRate) }
    if let clampNormFactor { settings.clampNormFactor = clampNormFactor }
    if let secondMomentWeight { settings.secondMomentWeight = secondMomentWeight }
    settings.options.formUnion(options)
    return settings
  }

  /// The settings with the changes made; those that the method does not have are refused.
  func applied(to settings: FineTuningSettings) throws(HyperparameterError) -> FineTuningSettings {
    var changed = settings
    if let layers { changed.layers = Set(layers).sorted() }
    if let targetSteps { changed.epochs = targetSteps }
    if let learningRate { changed.learningRate = learningRate }
    var rest = self
    (rest.layers, rest.targetSteps, rest.learningRate) = (nil, nil, nil)
    guard rest == HyperparameterOverrides() else {
      throw HyperparameterError(file: "overrides", fault: .notOfMethod(EditingMethod.fineTuning.rawValue))
    }
    return changed
  }
}
