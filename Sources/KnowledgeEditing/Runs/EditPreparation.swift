import LanguageModels
import Torch

/// What an edit of a model needs beside its facts, as the arguments of a run say it.
package struct EditPreparation {
  /// The hyper-parameters, and where they come from.
  package let hyperparameters: ChosenHyperparameters
  /// The contexts that facts are written in.
  package let templates: ContextTemplates
  /// What the method does; nil for ROME and fine-tuning.
  private let recipe: EditingRecipe?
  private let settings: EditRunSettings
  private let opened: OpenedModel
  private let progress: ProgressHandler?

  /// Chooses hyper-parameters and contexts; the model writes the latter where no file of them is named.
  ///
  /// - Parameter recorded: the method of the checkpoint's earlier edits, whose settings are kept where no others are named.
  package init(
    _ settings: EditRunSettings, opened: OpenedModel, continuing recorded: RecordedMethod? = nil,
    progress: ProgressHandler?
  ) throws {
    self.settings = settings
    self.opened = opened
    self.progress = progress
    if let recorded, settings.hyperparameters == nil {
      hyperparameters = try ChosenHyperparameters(
        of: recorded, for: opened.model, overrides: settings.overrides)
    } else {
      hyperparameters = try ChosenHyperparameters(
        named: settings.hyperparameters, method: settings.method, for: opened.model,
        overrides: settings.overrides)
    }
    recipe = settings.method.recipe(asPublished: settings.asPublished)
    if let recorded, settings.contextTemplates == nil {
      templates = recorded.templates
    } else {
      templates = try Self.templates(settings, hyperparameters.settings, opened)
    }
  }

  private static func templates(
    _ settings: EditRunSettings, _ chosen: MethodSettings, _ opened: OpenedModel
  ) throws -> ContextTemplates {
    if let file = settings.contextTemplates { return try ContextTemplates.read(file) }
    // Fine-tuning reads the bare prompt only.
    guard let located = chosen.located else { return .bare }
    let generator = { (prompts: [String], maximumLength: Int, topK: Int) in
      try opened.model.generatePublished(
        prompts, opened.tokenizer, totalTokens: maximumLength, topK: topK, seed: settings.seed)
    }
    guard settings.method == .rome else { return try ContextTemplates.generate(using: generator) }
    return try ContextTemplates.generateFlat(
      lengths: located.contextLengths(file: settings.hyperparameters ?? "hyper-parameters"), using: generator)
  }

  /// Puts facts, read from the settings' file, into tokens.
  ///
  /// - Throws: ``EditRunError/unusableFacts(file:problems:omitted:)``.
  package func prepare(_ facts: some Sequence<Fact>) throws -> PreparedFacts {
    try PreparedFacts(
      facts, of: settings.facts, templates: templates, strategy: hyperparameters.settings.subjectPosition,
      targetForm: recipe?.targetForm ?? .afterPrompt, opened: opened)
  }

  /// The blocks that are edited by a method that needs their statistics; nil for fine-tuning, and for what needs none.
  private var protectedBlocks: (settings: Hyperparameters, layers: [Int])? {
    guard let located = hyperparameters.settings.located, recipe != nil || located.usesSecondMoment else {
      return nil
    }
    return (located, recipe?.layers(located) ?? located.layers)
  }

  /// What writing these facts will take in memory, and how the work is cut up for that.
  ///
  /// - Parameter earlier: how many facts were written before and are remembered.
  /// - Throws: ``EditRunError/memoryTooSmall(plan:isLimit:)``.
  package func memoryPlan(for facts: PreparedFacts, after earlier: Int = 0) throws -> EditMemoryPlan {
    let located = hyperparameters.settings.located
    let perFact = recipe.flatMap { _ in located }.map { located in
      batches(of: facts).map { places in
        FactMemory(
          model: opened.model, prompts: BatchPrompts(Array(facts.prompts[places])), settings: located
        ).bytesPerFact
      }.max() ?? 1
    }
    let collects = if case .corpus = settings.statistics { true } else { false }
    let needs = EditMemoryNeeds(
      model: opened.model, dtype: opened.model.dtype,
      layerCount: protectedBlocks?.layers.count ?? located?.layers.count ?? 1,
      kept: protectedBlocks == nil ? .nothing : recipe?.preserves == .nullSpace ? .nullSpace : .secondMoment,
      collectsStatistics: collects, factCount: facts.prompts.count + earlier,
      keepsWeights: recipe.map { !$0.keepsWholeUpdates } ?? false, bytesPerFact: perFact)
    return try EditMemoryPlan(needs, within: settings.memory, available: opened.availableMemory)
  }

  /// Finds or collects the key statistics of the layers to edit, and the directions these leave free, as far as the method
  /// needs them.
  ///
  /// - Throws: ``EditRunError``, ``StatisticsError``, ``EditingError/emptyNullSpace(block:rule:smallest:)``.
  package func protectedLayers(within plan: EditMemoryPlan? = nil) throws -> ProtectedLayers {
    guard let (located, layers) = protectedBlocks else { return .none }
    let lookup = try StatisticsLookup(
      settings, layers: layers, preferredSampleSize: hyperparameters.sampleSize, opened: opened,
      memory: plan?.allowed ?? settings.memory.bytes, progress: progress)
    var protected = ProtectedLayers(
      layers: zip(layers, lookup.statistics).map { ProtectedLayers.Layer(block: $0, statistics: $1) },
      origin: lookup.origin, warnings: lookup.warnings)
    if recipe?.preserves == .nullSpace { try findNullSpaces(of: &protected, under: located.nullSpace) }
    return protected
  }

  private func findNullSpaces(of protected: inout ProtectedLayers, under rule: NullSpaceRule) throws {
    let cache = NullSpaceCache(directory: settings.cache)
    let total = protected.layers.count
    var meter = ProgressMeter(phase: "Null spaces", unit: "layers", total: total, handler: progress)
    for (index, layer) in protected.layers.enumerated() {
      let nullSpace = try cache.nullSpace(
        of: layer.statistics, rule: rule, device: settings.device, warnings: &protected.warnings)
      guard nullSpace.nullity > 0 else {
        throw EditingError.emptyNullSpace(
          block: layer.block, rule: rule.description, smallest: nullSpace.spectrum.eigenvalues.first ?? 0)
      }
      if nullSpace.nullity == nullSpace.keyWidth {
        protected.warnings.append(
          "block \(layer.block): under \(rule) every direction is free, so nothing is protected")
      }
      protected.layers[index].nullSpace = nullSpace
      meter.report(index + 1)
    }
  }

  /// The editor of the chosen method, which has not edited anything yet, and what to warn of.
  ///
  /// The one place where methods, hyper-parameters and statistics come together.
  ///
  /// - Parameter onProgress: called as target values and layers are finished.
  package func makeEditor(
    protecting protected: ProtectedLayers, within plan: EditMemoryPlan? = nil,
    onProgress: ProgressHandler? = nil
  ) throws -> (editor: any FactEditor, warnings: [String]) {
    switch hyperparameters.settings {
    case .fineTuning(let settings):
      let targets = self.settings.asPublished ? try FineTuningTargets.asPublished(opened.tokenizer) : .own
      let editor = try FineTuningEditor(
        model: opened.model, settings: settings, targets: targets,
        appliesPowerLaw: !self.settings.asPublished, onProgress: onProgress)
      return (editor, [])
    case .locating(let settings):
      guard let recipe else {
        let editor = try RankOneEditor(
          model: opened.model, settings: settings,
          statistics: Dictionary(
            uniqueKeysWithValues: protected.layers.map { ($0.block, $0.statistics) }),
          onlyFirstOfBatch: self.settings.asPublished, onProgress: onProgress)
        return (editor, [])
      }
      var solvers: [Int: any LayerSolver] = [:]
      var warnings: [String] = []
      for layer in protected.layers {
        let made = try recipe.solver(
          for: layer.statistics, settings: settings, device: self.settings.device, nullSpace: layer.nullSpace)
        solvers[layer.block] = made.solver
        warnings += [made.warning].compactMap { $0 }
      }
      let session = try EditingSession(
        model: opened.model, settings: settings, recipe: recipe, templates: templates, solvers: solvers,
        memory: plan?.bytesForFacts ?? self.settings.memory.bytes, onProgress: onProgress)
      return (session, warnings)
    }
  }

  /// What becomes of the changes that are solved for.
  var changes: EditingRecipe.ChangeRule { recipe?.changes ?? .whole }

  /// The places of the facts that each batch holds; the last may be smaller.
  package func batches(of facts: PreparedFacts) -> [Range<Int>] {
    let count = facts.prompts.count
    return stride(from: 0, to: count, by: settings.batchSize).map { start in
      start..<start + min(settings.batchSize, count - start)
    }
  }

  /// Shows the batches of the facts, one after the other.
  func phases(for facts: PreparedFacts) -> BatchPhases {
    BatchPhases(batchCount: batches(of: facts).count, handler: progress)
  }
}

/// Names the batch in what an editor reports: "Batch 3/20: Target values".
package final class BatchPhases {
  /// The batch being edited, from 0.
  package var batch = 0
  private let batchCount: Int
  private let handler: ProgressHandler?

  /// Passes reports on to `handler`.
  package init(batchCount: Int, handler: ProgressHandler?) {
    self.batchCount = batchCount
    self.handler = handler
  }

  /// Passes a report on; a single batch is not named.
  package func show(_ update: ProgressUpdate) {
    var update = update
    if batchCount > 1 { update.phase = "Batch \(batch + 1)/\(batchCount): \(update.phase)" }
    handler?(update)
  }
}

/// The layers to edit, and what is known and left alone of each.
package struct ProtectedLayers {
  /// One of them.
  package struct Layer {
    /// The block.
    package let block: Int
    /// Its key statistics.
    package let statistics: KeyStatistics
    /// Its null space; nil for methods that are not confined to one.
    package fileprivate(set) var nullSpace: NullSpace?
  }

  /// The layers, ascending; none for methods that need no statistics.
  package fileprivate(set) var layers: [Layer]
  /// Where the statistics are from, in words.
  package let origin: String
  /// Everything odd.
  package fileprivate(set) var warnings: [String]

  /// What methods need that know nothing of what they should leave alone.
  static let none = ProtectedLayers(layers: [], origin: "not needed", warnings: [])
}
