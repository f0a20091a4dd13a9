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
    return settings
  }
}

/// Hyper-parameters for one model, and where they come from.
public struct ChosenHyperparameters: Sendable, Equatable {
  /// The hyper-parameters, checked against the model.
  public var settings: Hyperparameters
  /// Where they come from, in words: a file, a built-in name, or the model's configuration.
  public var origin: String
  /// The number of documents that a file asks statistics to be taken over; nil where none was given.
  public var sampleSize: Int?
  /// What is odd about them.
  public var warnings: [String]

  /// Those of a file or built-in name, or derived where nil.
  ///
  /// - Throws: `HyperparameterError` also where they name modules that the model does not have.
  public init(
    named name: String?, for model: any LanguageModel, overrides: HyperparameterOverrides = .init()
  ) throws(HyperparameterError) {
    let base: Hyperparameters
    if let name {
      base = try Hyperparameters.named(name)
      origin = name
      sampleSize = base.statisticsSamples
      warnings = base.unrecognizedKeys.map { "\(name): the key “\($0)” is not known and has no effect" }
      let (asked, own) = (base.modules.downProjection, model.moduleNames.downProjection)
      guard asked == own else {
        throw HyperparameterError(
          file: name, key: "rewrite_module_tmp",
          fault: .notAllowed(value: asked, allowed: "\(own) in this model"))
      }
    } else {
      base = try Hyperparameters.derived(
        forModelType: model.architecture, blockCount: model.blockCount, width: model.width,
        feedForwardWidth: model.feedForwardWidth)
      origin =
        base.modelName.map { "published for \($0)" }
        ?? "derived from the model's configuration (\(model.architecture), \(model.blockCount) blocks)"
      sampleSize = nil
      warnings = []
    }
    settings = overrides.applied(to: base)
    try settings.check(blockCount: model.blockCount, file: name ?? "hyper-parameters")
  }
}
