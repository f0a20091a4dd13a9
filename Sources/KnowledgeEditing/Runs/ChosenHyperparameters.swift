import Foundation
import LanguageModels

/// Hyper-parameters for one model, and where they come from.
public struct ChosenHyperparameters: Sendable, Equatable {
  /// The hyper-parameters, checked against the model.
  public var settings: MethodSettings
  /// Where they come from, in words: a file, a built-in name, or the model's configuration.
  public var origin: String
  /// The number of documents that a file asks statistics to be taken over; nil where none was given.
  public var sampleSize: Int?
  /// What is odd about them.
  public var warnings: [String]

  /// Those of a file or built-in name, or derived where nil.
  ///
  /// - Throws: `HyperparameterError` also where they name modules that the model does not have, or where a method needs what
  ///   cannot be derived.
  public init(
    named name: String?, method: EditingMethod = .alphaEdit, for model: any LanguageModel,
    overrides: HyperparameterOverrides = .init()
  ) throws(HyperparameterError) {
    if method == .fineTuning {
      try self.init(fineTuningNamed: name, model, overrides)
    } else {
      try self.init(locatingNamed: name, method, model, overrides)
    }
  }

  /// Those of an earlier run, with changes.
  ///
  /// - Throws: `HyperparameterError` where they do not fit the model.
  init(
    of recorded: RecordedMethod, for model: any LanguageModel, overrides: HyperparameterOverrides
  ) throws(HyperparameterError) {
    let settings = overrides.applied(to: recorded.hyperparameters)
    try settings.check(blockCount: model.blockCount, file: Self.ledgerOrigin)
    try Self.check(settings, for: recorded.method, isNamed: true)
    self.settings = .locating(settings)
    origin = Self.ledgerOrigin
    sampleSize = settings.statisticsSamples
    warnings = []
  }

  private static let ledgerOrigin = "the checkpoint's ledger"

  private init(
    fineTuningNamed name: String?, _ model: any LanguageModel, _ overrides: HyperparameterOverrides
  ) throws(HyperparameterError) {
    guard let name else {
      throw HyperparameterError(file: "FT", fault: .notDerivable(key: "lr and norm_constraint"))
    }
    let file = try FineTuningSettings.read(URL(filePath: name))
    let settings = try overrides.applied(to: file)
    try settings.check(blockCount: model.blockCount, file: name)
    self.settings = .fineTuning(settings)
    origin = name
    sampleSize = nil
    warnings = []
  }

  private init(
    locatingNamed name: String?, _ method: EditingMethod, _ model: any LanguageModel,
    _ overrides: HyperparameterOverrides
  ) throws(HyperparameterError) {
    let base: Hyperparameters
    if let name {
      base = try Hyperparameters.named(name, method: method)
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
    let settings = overrides.applied(to: base)
    try settings.check(blockCount: model.blockCount, file: name ?? "hyper-parameters")
    try Self.check(settings, for: method, isNamed: name != nil)
    self.settings = .locating(settings)
  }

  /// Throws where a method lacks what cannot be derived, or is asked for what it does not do.
  private static func check(
    _ settings: Hyperparameters, for method: EditingMethod, isNamed: Bool
  ) throws(HyperparameterError) {
    if method.recipe()?.preserves == .secondMoment, settings.secondMomentWeight == nil {
      throw HyperparameterError(
        file: method.rawValue, fault: .notDerivable(key: "mom2_update_weight (or --moment-weight)"))
    }
    if method == .rome {
      // Layers derived for the family are several, and each would get a rank-one update of its own.
      guard isNamed else {
        throw HyperparameterError(file: method.rawValue, fault: .notDerivable(key: "the layer it edits"))
      }
      guard settings.options.isDisjoint(with: [.boundaryLayers, .anchorsNorms]) else {
        throw HyperparameterError(
          file: method.rawValue,
          fault: .notAllowed(
            value: "edited with boundary layers or anchored norms",
            allowed: "without them, which are for the methods that solve for a batch"))
      }
    }
    if method == .nse, settings.neurons == nil {
      throw HyperparameterError(file: method.rawValue, fault: .notDerivable(key: "alpha and upper_bound"))
    }
  }
}
