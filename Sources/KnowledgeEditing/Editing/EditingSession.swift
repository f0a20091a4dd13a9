import LanguageModels
import Torch

/// Edits a model in memory, batch after batch, by a method of the MEMIT family.
///
/// All that one batch leaves to the next is here and explicit: the weights, and each layer's ``LayerSolver`` with the keys of
/// the facts written so far.
///
/// ```swift
/// let session = try EditingSession(model: model, settings: settings, templates: templates, preservations: preservations)
/// let batch = try session.edit(prompts)          // [EditPrompts]
/// ```
public final class EditingSession: FactEditor {
  /// The model being edited.
  public let model: any LanguageModel
  /// The method.
  public let recipe: EditingRecipe
  /// The settings of all its edits.
  public let settings: Hyperparameters
  /// The contexts in which facts are written.
  public let templates: ContextTemplates
  /// How many bytes of working memory, beside the model's weights and the solvers' state, a batch may take.
  public let memory: Int
  /// The phase under which progress with target values is reported.
  public static let targetPhase = "Target values"

  var solvers: [Int: any LayerSolver]
  let weights: [Int: EditedWeight]
  let onProgress: ProgressHandler?
  /// How many facts' target values to seek at once since memory did not suffice for more; nil while it does.
  var factsAfterHalving: Int?
  /// All updates so far, where the recipe treats their sum at the end.
  private var updates: [WeightDelta] = []

  /// Prepares to edit.
  ///
  /// - Parameters:
  ///   - preservations: what each layer of ``editedLayers`` preserves, by block.
  ///   - precision: the element type of the solvers.
  ///   - memory: bytes of working memory for a batch.
  ///   - onProgress: called as target values and layers are finished.
  /// - Throws: ``EditingError`` for layers that the model or `preservations` does not have, or keys of another length;
  ///   `HyperparameterError` for settings that do not fit the model.
  public convenience init(
    model: any LanguageModel, settings: Hyperparameters, recipe: EditingRecipe = .alphaEdit,
    templates: ContextTemplates, preservations: [Int: any Preservation], precision: DType = .float32,
    memory: Int = 1 << 30, onProgress: ProgressHandler? = nil
  ) throws {
    for layer in recipe.layers(settings) {
      guard let preservation = preservations[layer], model.downProjections.indices.contains(layer) else {
        continue
      }
      let linear = model.downProjections[layer]
      guard preservation.keyWidth == linear.inputWidth else {
        throw EditingError.keyWidthMismatch(
          layer: linear.name, expected: linear.inputWidth, found: preservation.keyWidth)
      }
    }
    try self.init(
      model: model, settings: settings, recipe: recipe, templates: templates,
      solvers: preservations.mapValues { RecursiveSolver(preservation: $0, precision: precision) },
      memory: memory, onProgress: onProgress)
  }

  /// Prepares to edit with a solver for each layer.
  public init(
    model: any LanguageModel, settings: Hyperparameters, recipe: EditingRecipe, templates: ContextTemplates,
    solvers: [Int: any LayerSolver], memory: Int = 1 << 30, onProgress: ProgressHandler? = nil
  ) throws {
    try settings.check(blockCount: model.blockCount)
    var weights: [Int: EditedWeight] = [:]
    for layer in recipe.layers(settings) {
      guard model.downProjections.indices.contains(layer) else {
        throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
      }
      let linear = model.downProjections[layer]
      guard solvers[layer] != nil else { throw EditingError.missingStatistics(layer: linear.name) }
      weights[layer] = EditedWeight(block: layer, linear: linear)
    }
    guard settings.lossLayer == model.blockCount - 1 else {
      throw EditingError.lossLayerBelowHead(settings.lossLayer, last: model.blockCount - 1)
    }
    if recipe.selectsNeurons, settings.neurons == nil {
      throw EditingError.missingSetting(
        method: EditingMethod.nse.rawValue, key: "alpha, upper_bound and max_iterations")
    }
    self.model = model
    self.settings = settings
    self.recipe = recipe
    self.templates = templates
    self.memory = memory
    self.solvers = solvers
    self.weights = weights
    self.onProgress = onProgress
  }

  /// The edited blocks, ascending.
  public var layers: [Int] { recipe.layers(settings) }

  /// Writes a batch of facts into the weights.
  ///
  /// - Parameter batch: facts in tokens, all made with ``templates``.
  public func edit(_ batch: [EditPrompts]) throws -> EditedBatch {
    guard !batch.isEmpty else { return EditedBatch() }
    return try Autograd.withoutGradients {
      let prompts = BatchPrompts(batch)
      let before = try recipe.keepsWholeUpdates ? [:] : weights.mapValues { try $0.snapshot() }
      var edited = EditedBatch()
      if recipe.selectsNeurons {
        try editRepeatedly(prompts, into: &edited)
      } else {
        // With boundary layers each layer has target values of its own, and all of what remains to be done.
        let sweeps = settings.options.contains(.boundaryLayers) ? layers.map { [$0] } : [layers]
        for sweep in sweeps { try editOnce(prompts, layers: sweep, into: &edited) }
      }
      for (layer, weight) in before { try weights[layer]?.set(weight) }
      try commit(edited.state, alreadyAdded: recipe.keepsWholeUpdates)
      edited.factsAfterHalving = factsAfterHalving
      return edited
    }
  }

  /// Does to weights and solvers what the batch with this state did.
  public func restore(_ state: BatchState) throws {
    try Autograd.withoutGradients {
      try commit(state, alreadyAdded: false)
      for layer in layers {
        guard let keys = state.remembered[Self.keysName(layer)] else { continue }
        try solvers[layer]?.absorb(keys.transposed())
      }
    }
  }

  /// Makes the updates of a batch by the recipe's rule.
  func commit(_ state: BatchState, alreadyAdded: Bool) throws {
    for delta in state.deltas {
      guard let weight = weights[delta.block] else {
        throw EditingError.noSuchLayer(delta.block, blockCount: model.blockCount)
      }
      if !alreadyAdded || !recipe.keepsWholeUpdates { try weight.add(delta, by: recipe.changes) }
    }
    if recipe.changes.restrainsSums { updates += state.deltas }
  }

  /// Restrains the whole change of each weight, where the recipe says so.
  public func finish() throws {
    guard case .squashedAtEnd(let onTop) = recipe.changes else { return }
    try Autograd.withoutGradients {
      for layer in layers {
        try weights[layer]?.squash(updates.filter { $0.block == layer }, onTop: onTop)
      }
    }
    updates = []
  }

  /// The present weight of an edited layer, [d, n] or as the checkpoint stores it.
  public func weight(ofLayer layer: Int) -> Tensor? { weights[layer]?.weight }

  static func keysName(_ layer: Int) -> String { "keys.\(layer)" }
}

extension EditingRecipe {
  /// The blocks that are edited under these settings, ascending.
  public func layers(_ settings: Hyperparameters) -> [Int] {
    guard settings.options.contains(.boundaryLayers), let first = settings.layers.first else {
      return settings.layers
    }
    return first == settings.targetLayer ? [first] : [first, settings.targetLayer]
  }

  /// Whether the updates that layers are solved with are those that are made.
  var keepsWholeUpdates: Bool {
    if case .largest = changes { false } else { true }
  }
}
