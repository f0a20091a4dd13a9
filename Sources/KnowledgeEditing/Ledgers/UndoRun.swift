import Checkpoints
import Foundation
import Ledger
import StrictJSON

/// Takes back the last steps of an edited checkpoint: its weights are then, byte for byte, those it had before them.
///
/// ```swift
/// let report = try UndoRun(model: edited).run()
/// ```
public struct UndoRun {
  /// The edited checkpoint.
  public var model: URL
  /// Where the result goes; into the checkpoint's place where nil.
  public var output: URL?
  /// Whether a checkpoint at ``output`` may be replaced.
  public var overwrite = false
  /// How many steps to take back.
  public var steps = 1
  /// Where the unedited checkpoint is now; where the ledger says, if nil.
  public var base: URL?

  /// What was done.
  public struct Report: Sendable {
    /// The facts that are gone.
    public var undone: [LedgerFact]
    /// The facts that were taken out or replaced by the undone steps, and are in effect again.
    public var broughtBack: [LedgerFact]
    /// How many steps are left.
    public var stepsLeft: Int
    /// What was written.
    public var written: WrittenCheckpoint
  }

  /// Takes back the last step of a checkpoint.
  public init(model: URL) { self.model = model }

  /// Does it.
  ///
  /// - Throws: `LedgerError`, ``HistoryError``, `CheckpointError`; the destination is then what it was.
  public func run() throws -> Report {
    let place = try HistoryOutput(model, output: output, overwrite: overwrite)
    let history = try EditHistory(required: place.checkpoint.directory)
    try history.checkUnchanged(place.checkpoint)
    let count = history.steps.count
    guard steps >= 1, steps <= count else {
      throw LedgerError.nothingToUndo(file: history.ledger.url.path, steps: count, asked: steps)
    }
    let left = Array(history.steps.prefix(count - steps))
    let last = left.last?.id ?? 0
    let weights = try BaseWeights(of: history.ledger, in: base)
    let replay = try history.replay(on: weights, through: last)
    let values = try replay.stored()
    for (tensor, values) in values {
      let expected = left.last.map { $0.weights[tensor.name] } ?? tensor.sha256
      guard try values.contentHash().hex == expected else {
        throw HistoryError.weightsDiffer(tensor: tensor.name, step: last)
      }
    }
    let recorder: LedgerRecorder? = try left.isEmpty ? nil : LedgerRecorder(continuing: history.ledger)
    defer { recorder?.remove() }
    try recorder?.ledger.removeLast(steps)
    try recorder?.keep(weights, ifReplacedAt: output ?? model)
    try recorder?.ledger.finish()
    let undone = history.facts.filter { $0.step > last }
    let written = try place.write(
      values, recorder,
      operation: [
        ("operation", "undo"), ("steps_undone", JSON(steps)), ("steps_left", JSON(left.count)),
        ("facts_undone", JSON(undone.map { JSON($0.id) })),
      ])
    return Report(
      undone: undone, broughtBack: history.facts.filter { $0.step <= last && ($0.removedBy ?? 0) > last },
      stepsLeft: left.count, written: written)
  }
}
