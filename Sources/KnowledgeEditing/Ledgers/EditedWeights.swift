import Foundation
import Ledger
import Torch

/// The weights that the batches of a run make, one after the other: what would be stored after the last of them.
final class EditedWeights {
  /// The tensors that changed, in the types they are stored in where they come from a replay.
  private(set) var values: [ChangedTensor] = []
  /// The SHA-256 of each stored tensor after each batch, by name; none for methods whose changes have no factors.
  private(set) var hashes: [[String: String]] = []

  /// The time that making them took.
  private(set) var replayTime = Duration.zero

  private let editor: any FactEditor
  private let makeReplay: () throws -> WeightReplay?
  private var replay: WeightReplay?
  private var former: [ChangedTensor] = []

  /// Weights to which nothing was added yet.
  ///
  /// - Parameters:
  ///   - editor: whose weights they are, where its changes have no factors.
  ///   - base: the base's tensors, for changes that have.
  ///   - earlier: the changes of earlier runs.
  init(
    of editor: any FactEditor, from base: BaseWeights?, changes: EditingRecipe.ChangeRule,
    earlier: [BatchState]
  ) throws {
    self.editor = editor
    makeReplay = {
      guard let base else { return nil }
      let replay = try WeightReplay(of: base, changes: changes)
      for state in earlier { try replay.add(state.deltas) }
      return replay
    }
    replay = try makeReplay()
  }

  /// Adds what a batch did, which the editor did last.
  func add(_ batch: EditedBatch) throws {
    guard let replay else {
      former = values
      values = editor.changedTensors
      return
    }
    let clock = ContinuousClock()
    let start = clock.now
    defer { replayTime += clock.now - start }
    try replay.add(batch.deltas)
    let stored = try replay.stored()
    hashes.append(try WeightReplay.hashes(of: stored))
    values = stored.map { ChangedTensor(block: $0.tensor.block, part: .weight, value: $0.values) }
  }

  /// Takes back the last batch; the weights are then what they were before it, to the last bit.
  ///
  /// - Parameter batches: those before it.
  func removeLast(leaving batches: [EditedBatch]) throws {
    guard replay != nil else {
      values = former
      return
    }
    // The values before may share memory with the sums that the last batch was added to, so they are made again.
    replay = try makeReplay()
    hashes = []
    values = []
    for batch in batches { try add(batch) }
  }
}

/// What the batches of a run leave to the ledger.
struct BatchRecord {
  let batches: [EditedBatch]
  /// Of each batch; see ``EditedWeights/hashes``.
  let hashes: [[String: String]]
  /// The earlier facts that were replaced, each with the place of the new one.
  let replaced: [(former: LedgerFact, place: Int)]
  /// What that made of earlier batches.
  let restored: RestoredHistory?

  /// The ledger that goes into the checkpoint: a new one, or the history's with the run added.
  func ledger(
    of report: EditReport, after history: EditHistory?, base: BaseWeights
  ) throws -> LedgerRecorder {
    let recorder =
      try history.map { try LedgerRecorder(continuing: $0.ledger) } ?? LedgerRecorder(startingAt: base.base)
    do {
      try write(report, to: recorder.ledger, run: recorder.beginRun(report.ledgerRecord))
      try recorder.keep(base, ifReplacedAt: report.settings.output)
      try recorder.ledger.finish()
      return recorder
    } catch {
      recorder.remove()
      throw error
    }
  }

  private func write(_ report: EditReport, to ledger: Ledger, run: Int) throws {
    var ids: [Int] = []
    for (index, batch) in batches.enumerated() {
      let step = try ledger.appendStep(.edit, run: run, weights: hashes[index])
      if index == 0, !replaced.isEmpty {
        try ledger.takeOut(facts: replaced.map(\.former.id), changes: restored?.recorded ?? [], step: step)
      }
      let start = index * report.settings.batchSize
      let end = min(start + report.settings.batchSize, report.facts.count)
      // As published, ROME writes the first fact of a batch only.
      let count = batch.targets.isEmpty ? end - start : min(batch.targets.count, end - start)
      ids += try ledger.append(
        report.facts[start..<start + count].map { LedgerFact($0) },
        targets: batch.targets.map { try $0.value.to(.float32).withBytes { Data($0) } },
        keys: batch.keys.mapValues { try LedgerMatrix($0) }, deltas: batch.deltas.map { try LedgerDelta($0) },
        step: step)
      ids += Array(repeating: 0, count: end - start - count)
    }
    try ledger.link(
      replaced.compactMap { former, place in
        ids.indices.contains(place) && ids[place] > 0 ? (former.id, ids[place]) : nil
      })
  }
}

extension EditingMethod {
  /// Whether its changes are products of factors, from which a ledger can make the weights again.
  var hasFactors: Bool { self != .fineTuning }
}
