import Checkpoints
import Foundation
import Ledger

/// Whether an edited checkpoint is what its ledger says, all weights being made again from the base.
public struct LedgerVerification: Sendable, Equatable {
  /// A tensor whose bytes are not those that were recorded.
  public struct Difference: Sendable, Equatable {
    /// Where it differs.
    public enum Place: String, Sendable {
      /// In the checkpoint as it is now.
      case checkpoint
      /// In what base and ledger give.
      case replay
    }

    /// The tensor.
    public var tensor: String
    /// The step after which it was recorded.
    public var step: Int
    /// Where it differs.
    public var place: Place
  }

  /// How many steps were made again.
  public var stepCount: Int
  /// How many tensors were compared after each.
  public var tensorCount: Int
  /// How many facts are in effect.
  public var factCount: Int
  /// What differs; nothing where all is as recorded.
  public var differences: [Difference]

  /// Whether nothing differs.
  public var isIntact: Bool { differences.isEmpty }

  /// Makes the weights after every step again and compares them with what was recorded, and the last with the checkpoint.
  ///
  /// - Parameters:
  ///   - model: the edited checkpoint.
  ///   - base: where the unedited one is now; where the ledger says, if nil.
  /// - Throws: `LedgerError`, ``HistoryError``, `CheckpointError`.
  public init(ofModel model: URL, base: URL? = nil, progress: ProgressHandler? = nil) throws {
    let checkpoint = try Checkpoint(directory: model)
    let history = try EditHistory(required: checkpoint.directory)
    let weights = try BaseWeights(of: history.ledger, in: base)
    var meter = ProgressMeter(
      phase: "Steps", unit: "steps", total: history.steps.count, handler: progress)
    var differences: [Difference] = []
    var replay = try WeightReplay(of: weights, changes: history.method.changes)
    var made: [Int] = []
    for (number, step) in history.steps.enumerated() {
      let revisions = try history.ledger.revisions(after: step.id).map(\.id)
      // Where facts were taken out, sums are begun anew.
      if !revisions.starts(with: made) {
        replay = try WeightReplay(of: weights, changes: history.method.changes)
        made = []
      }
      for revision in revisions.dropFirst(made.count) { try history.add(revision, to: replay) }
      made = revisions
      let hashes = try replay.hashes()
      for tensor in weights.base.tensors where hashes[tensor.name] != step.weights[tensor.name] {
        differences.append(Difference(tensor: tensor.name, step: step.id, place: .replay))
      }
      meter.report(number + 1)
    }
    for tensor in weights.base.tensors {
      guard let last = history.steps.last else { break }
      let found = try checkpoint.tensor(tensor.name).contentHash().hex
      if found != last.weights[tensor.name] {
        differences.append(Difference(tensor: tensor.name, step: last.id, place: .checkpoint))
      }
    }
    stepCount = history.steps.count
    tensorCount = weights.base.tensors.count
    factCount = history.present.count
    self.differences = differences
  }
}
