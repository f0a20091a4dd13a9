import Checkpoints
import Foundation
import LanguageModels
import Ledger
import Torch

/// What an edit starts from: a checkpoint that was never edited, or one whose history goes on.
///
/// An edited checkpoint is edited as if all its batches were made in one run: the model is that of the base, the earlier changes
/// are made again in memory, and weights are rounded to their stored type once, at the end.
struct EditSource {
  /// The checkpoint whose files the new one has.
  let checkpoint: Checkpoint
  /// What was done to it; nil where nothing was.
  let history: EditHistory?
  /// The model of the base, and the base's tokenizer.
  let opened: OpenedModel
  /// The base's tensors; nil where there is no history.
  private let weights: BaseWeights?

  /// Opens the model that the settings name.
  ///
  /// - Throws: ``HistoryError``, `LedgerError`, and what opening a model throws.
  init(_ settings: EditRunSettings) throws {
    let checkpoint = try Checkpoint(directory: settings.model)
    self.checkpoint = checkpoint
    history = settings.startsNewLedger ? nil : try EditHistory(of: checkpoint.directory)
    guard let history else {
      weights = nil
      opened = try OpenedModel(settings.model, dtype: settings.dtype, device: settings.device)
      return
    }
    try history.check(settings)
    try history.checkUnchanged(checkpoint)
    let weights = try BaseWeights(of: history.ledger, in: settings.base)
    self.weights = weights
    opened = try weights.withDirectory(edited: checkpoint) {
      try OpenedModel($0, dtype: settings.dtype, device: settings.device)
    }
  }

  /// The base's tensors of the blocks that an editor changes.
  ///
  /// - Throws: ``HistoryError/settingsDiffer(setting:recorded:asked:)`` for other blocks than those edited so far.
  func baseWeights(of editor: any FactEditor) throws -> BaseWeights {
    guard let weights else {
      return BaseWeights(try LedgerBase(opened, blocks: editor.layers), in: opened.checkpoint)
    }
    let (recorded, asked) = (weights.base.tensors.map(\.block), editor.layers)
    guard recorded == asked else {
      func text(_ blocks: [Int]) -> String { blocks.map(String.init).joined(separator: ", ") }
      throw HistoryError.settingsDiffer(setting: "blocks", recorded: text(recorded), asked: text(asked))
    }
    return weights
  }

  /// Does something while the model has the weights that are stored in the checkpoint, instead of those of the base.
  func withStoredWeights<Result>(_ body: () throws -> Result) throws -> Result {
    guard history != nil, let weights else { return try body() }
    let stored = try CheckpointWeights(checkpoint, dtype: opened.model.dtype, device: opened.model.device)
    let tensors = try weights.base.tensors.filter { opened.model.downProjections.indices.contains($0.block) }
      .map {
        ChangedTensor(block: $0.block, part: .weight, value: try stored.tensor($0.name, shape: $0.shape))
      }
    return try opened.model.computing(with: tensors, body)
  }
}

extension EditHistory {
  /// Throws ``HistoryError/settingsDiffer(setting:recorded:asked:)`` unless a run with these settings can go on from here.
  func check(_ settings: EditRunSettings) throws {
    guard settings.method == method.method else {
      throw HistoryError.settingsDiffer(
        setting: "method", recorded: method.method.rawValue, asked: settings.method.rawValue)
    }
    guard settings.asPublished == method.asPublished else {
      throw HistoryError.settingsDiffer(
        setting: "--as-published", recorded: "\(method.asPublished)", asked: "\(settings.asPublished)")
    }
    let recorded = try ledger.base().computeType
    guard settings.dtype.rawValue == recorded else {
      throw HistoryError.settingsDiffer(setting: "dtype", recorded: recorded, asked: settings.dtype.rawValue)
    }
  }

  /// Settings that take statistics from where the history's were, unless others are named.
  func completing(_ settings: EditRunSettings) -> EditRunSettings {
    var settings = settings
    if case .cached = settings.statistics, let path = method.statisticsDirectory,
      FileManager.default.fileExists(atPath: path)
    {
      settings.statistics = .directoryElseCached(URL(fileURLWithPath: path, isDirectory: true))
    }
    return settings
  }

  /// The facts in effect that ask what one of the new facts asks, each with the place of that.
  func replaced(by facts: [Fact]) throws -> [(former: LedgerFact, place: Int)] {
    var places: [[UInt8]: Int] = [:]
    for (place, fact) in facts.enumerated() { places[Array(fact.filledPrompt.utf8)] = place }
    return try present.compactMap { former -> (former: LedgerFact, place: Int)? in
      let question = Array(try former.fact().filledPrompt.utf8)
      return places[question].map { (former, $0) }
    }
  }
}
