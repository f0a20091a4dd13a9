import Checkpoints
import Foundation
import LanguageModels
import Ledger
import StrictJSON
import Tokenization
import Torch

/// What was done to an edited checkpoint so far, from its ledger.
package struct EditHistory {
  /// The ledger.
  package let ledger: Ledger
  /// The edited checkpoint's directory.
  package let directory: URL
  /// The method and settings of the last run; all runs of one history have the same method.
  package let method: RecordedMethod
  /// All facts, also those taken out since.
  package let facts: [LedgerFact]
  /// All steps, in order.
  package let steps: [LedgerStep]

  /// The history of a checkpoint; nil where it has no ledger.
  ///
  /// - Throws: `LedgerError`, ``HistoryError/unreadableRun(file:run:reason:)``.
  package init?(of directory: URL) throws {
    guard let ledger = try Ledger(besideCheckpoint: directory) else { return nil }
    guard let run = try ledger.runs().last else {
      throw HistoryError.unreadableRun(file: ledger.url.path, run: 0, reason: "there is none")
    }
    let type = try ledger.base().computeType
    guard DType(rawValue: type)?.isFloatingPoint == true else {
      throw LedgerError.inconsistent(
        file: ledger.url.path,
        reason: "the weights were computed in “\(type)”, which is no type to compute in")
    }
    self.ledger = ledger
    self.directory = directory
    method = try RecordedMethod(run, file: ledger.url.path)
    facts = try ledger.facts()
    steps = try ledger.steps()
  }

  /// The history of a checkpoint that must have one.
  ///
  /// - Throws: also ``HistoryError/noLedger(model:)``.
  package init(required directory: URL) throws {
    guard let history = try EditHistory(of: directory) else {
      throw HistoryError.noLedger(model: directory.path)
    }
    self = history
  }

  /// The facts in effect, in the order they were written.
  package var present: [LedgerFact] { facts.filter { $0.removedBy == nil } }

  /// The files that facts were read from, each once, in the order of the runs; they need not be there any more.
  package func factFiles() throws(LedgerError) -> [URL] {
    var paths: [String] = []
    for run in try ledger.runs() {
      guard let path = (try? JSON.parse(run.record))?["facts_file"]?["path"]?.string, !paths.contains(path)
      else {
        continue
      }
      paths.append(path)
    }
    return paths.map { URL(fileURLWithPath: $0) }
  }

  /// Facts of the history at their bare prompts, in a model's tokens.
  ///
  /// - Throws: `FactFault`, `EditPromptError` where a damaged ledger holds none that can be asked for.
  func prompts(of facts: [LedgerFact], _ tokenizer: Tokenizer) throws -> [EditPrompts] {
    try facts.map {
      try EditPrompts(
        $0.fact(), templates: .bare, tokenizer: tokenizer, strategy: method.hyperparameters.subjectPosition)
    }
  }

  /// A replay of all changes up to a step, the last where nil.
  func replay(on weights: BaseWeights, through step: Int? = nil) throws -> WeightReplay {
    let replay = try WeightReplay(of: weights, changes: method.changes)
    for revision in try ledger.revisions(after: step) { try add(revision.id, to: replay) }
    return replay
  }

  /// Makes the changes of a revision.
  func add(_ revision: Int, to replay: WeightReplay) throws {
    try replay.add(ledger.deltas(ofRevision: revision).map { try $0.weightDelta() })
  }

  /// Throws unless the checkpoint's weights are those that its last step left.
  func checkUnchanged(_ checkpoint: Checkpoint) throws {
    for (tensor, hash) in (steps.last?.weights ?? [:]).sorted(by: { $0.key < $1.key }) {
      let found = try checkpoint.tensor(tensor).contentHash()
      guard found.hex == hash else {
        throw HistoryError.changedSince(model: checkpoint.directory.path, tensor: tensor)
      }
    }
  }
}

/// What became of the batches of a history when facts were taken out of it.
struct RestoredHistory {
  /// The changes that were made again, in order.
  var states: [BatchState] = []
  /// The batches whose changes are new.
  var changes: [(batch: Int, deltas: [WeightDelta])] = []

  /// The same for the ledger.
  var recorded: [(batch: Int, deltas: [LedgerDelta])] {
    get throws { try changes.map { ($0.batch, try $0.deltas.map { try LedgerDelta($0) }) } }
  }
}

extension EditHistory {
  /// Does to a model and its editor, which have not edited anything, what was done so far, without some of the facts.
  ///
  /// Batches before the first that had one of these are restored as they are; it and those after it are solved again.
  ///
  /// - Parameter taken: the numbers of facts that are in effect and shall not be.
  /// - Throws: `LedgerError`, ``HistoryError/cannotTakeOut(method:)``.
  func restore(into editor: any FactEditor, without taken: Set<Int> = []) throws -> RestoredHistory {
    let places = Dictionary(grouping: facts.filter { taken.contains($0.id) }, by: \.step)
    var restored = RestoredHistory()
    var isAffected = false
    for batch in try ledger.batches() {
      guard !batch.positions.isEmpty else {
        restored.states.append(BatchState())
        continue
      }
      let removed = Set(places[batch.step]?.map(\.position) ?? [])
      isAffected = isAffected || !removed.isEmpty
      let deltas = try batch.deltas.map { try $0.weightDelta() }
      // The rows of the keys that the changes are of: those of facts that were in effect until now.
      let rows = try Tensor(batch.positions)
      let keys = try batch.keys.mapValues { try $0.tensor().indexSelect(0, rows) }
      let kept = batch.positions.indices.filter { !removed.contains(batch.positions[$0]) }
      var state = BatchState()
      if !isAffected {
        state.deltas = deltas
        if method.recipe?.remembersFacts == true {
          for (layer, k) in keys {
            state.remembered[EditingSession.keysName(layer)] = try k.to(editor.model.device)
          }
        }
        try editor.restore(state)
      } else if let session = editor as? EditingSession {
        state = try session.solveAgain(deltas, keys: keys, keeping: kept)
      } else {
        // ROME: each fact has a change of its own in each layer.
        let perFact = max(1, deltas.count / max(1, batch.positions.count))
        state.deltas = deltas.enumerated().filter { kept.contains($0.offset / perFact) }.map(\.element)
        try editor.restore(state)
      }
      restored.states.append(state)
      if isAffected { restored.changes.append((batch.step, state.deltas)) }
    }
    return restored
  }
}
