import LanguageModels
import Torch

/// What an edit of a model needs beside its facts, as the arguments of a run say it.
package struct EditPreparation {
  /// The hyper-parameters, and where they come from.
  package let hyperparameters: ChosenHyperparameters
  /// The contexts that facts are written in.
  package let templates: ContextTemplates
  private let settings: EditRunSettings
  private let opened: OpenedModel
  private let progress: ProgressHandler?

  /// Chooses hyper-parameters and contexts; the model writes the latter where no file of them is named.
  package init(_ settings: EditRunSettings, opened: OpenedModel, progress: ProgressHandler?) throws {
    self.settings = settings
    self.opened = opened
    self.progress = progress
    hyperparameters = try ChosenHyperparameters(
      named: settings.hyperparameters, for: opened.model, overrides: settings.overrides)
    templates =
      if let file = settings.contextTemplates {
        try ContextTemplates.read(file)
      } else {
        try ContextTemplates.generate { prompts, maximumLength, topK in
          try opened.model.generatePublished(
            prompts, opened.tokenizer, totalTokens: maximumLength, topK: topK, seed: settings.seed)
        }
      }
  }

  /// Puts facts, read from the settings' file, into tokens.
  ///
  /// - Throws: ``EditRunError/unusableFacts(file:problems:omitted:)``.
  package func prepare(_ facts: some Sequence<Fact>) throws -> PreparedFacts {
    try PreparedFacts(
      facts, of: settings.facts, templates: templates, settings: hyperparameters.settings, opened: opened)
  }

  /// Finds or collects the key statistics of the layers to edit, and the directions these leave free.
  ///
  /// - Throws: ``EditRunError``, ``StatisticsError``, ``EditingError/emptyNullSpace(block:rule:smallest:)``.
  package func protectedLayers() throws -> ProtectedLayers {
    let layers = hyperparameters.settings.layers
    let lookup = try StatisticsLookup(
      settings, layers: layers, preferredSampleSize: hyperparameters.sampleSize, opened: opened,
      progress: progress)
    let cache = NullSpaceCache(directory: settings.cache)
    let rule = hyperparameters.settings.nullSpace
    var warnings = lookup.warnings
    var meter = ProgressMeter(phase: "Null spaces", unit: "layers", total: layers.count, handler: progress)
    var nullSpaces: [NullSpace] = []
    for (block, layer) in zip(layers, lookup.statistics) {
      let nullSpace = try cache.nullSpace(
        of: layer, rule: rule, device: settings.device, warnings: &warnings)
      guard nullSpace.nullity > 0 else {
        throw EditingError.emptyNullSpace(
          block: block, rule: rule.description, smallest: nullSpace.spectrum.eigenvalues.first ?? 0)
      }
      if nullSpace.nullity == nullSpace.keyWidth {
        warnings.append("block \(block): under \(rule) every direction is free, so nothing is protected")
      }
      nullSpaces.append(nullSpace)
      meter.report(nullSpaces.count)
    }
    return ProtectedLayers(
      statistics: lookup.statistics, nullSpaces: nullSpaces, origin: lookup.origin, warnings: warnings)
  }

  /// The editor of the chosen method, which has not edited anything yet.
  ///
  /// The one place where methods, hyper-parameters and statistics come together.
  ///
  /// - Parameter onProgress: called as target values and layers are finished.
  package func makeEditor(
    protecting protected: ProtectedLayers, onProgress: ProgressHandler? = nil
  ) throws -> any FactEditor {
    let preservations = zip(hyperparameters.settings.layers, protected.nullSpaces).map {
      ($0, NullSpacePreservation(nullSpace: $1, ridge: hyperparameters.settings.ridge))
    }
    return try EditingSession(
      model: opened.model, settings: hyperparameters.settings, templates: templates,
      preservations: Dictionary(uniqueKeysWithValues: preservations), memory: settings.memory,
      onProgress: onProgress)
  }

  /// The places of the facts that each batch holds; the last may be smaller.
  package func batches(of facts: PreparedFacts) -> [Range<Int>] {
    let count = facts.prompts.count
    return stride(from: 0, to: count, by: settings.batchSize).map { start in
      start..<start + min(settings.batchSize, count - start)
    }
  }

  /// Writes facts into the model in memory, batch after batch.
  ///
  /// - Returns: the editor, with the seconds it took.
  func edit(
    _ facts: PreparedFacts, protecting protected: ProtectedLayers
  ) throws -> (editor: any FactEditor, seconds: Double) {
    let batches = batches(of: facts)
    let phases = BatchPhases(batchCount: batches.count, handler: progress)
    let editor = try makeEditor(protecting: protected, onProgress: phases.show)
    let clock = ContinuousClock()
    let start = clock.now
    for (index, batch) in batches.enumerated() {
      phases.batch = index
      _ = try editor.edit(Array(facts.prompts[batch]))
    }
    try editor.finish()
    return (editor, start.duration(to: clock.now) / .seconds(1))
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
  /// The key statistics, by ascending layer.
  package let statistics: [KeyStatistics]
  /// The null space of each.
  package let nullSpaces: [NullSpace]
  /// Where the statistics are from, in words.
  package let origin: String
  /// Everything odd.
  package let warnings: [String]
}
