import Checkpoints
import LanguageModels
import Ledger
import Torch

/// Makes edited weights from those of the base and the changes that a ledger holds, to the last bit the same each time.
///
/// This is the only place that makes the weights which are written: the sums are taken on the CPU by one thread, change by
/// change in the order of the ledger, whatever the model was edited on; so the same base and the same ledger give the same bytes.
final class WeightReplay {
  private let tensors: [LedgerBase.Tensor]
  private let changes: EditingRecipe.ChangeRule
  private var weights: [Int: EditedWeight] = [:]
  /// All changes so far, where their sum is treated at the end.
  private var updates: [WeightDelta] = []

  /// Starts from the base's tensors.
  ///
  /// - Parameter changes: what becomes of the changes.
  init(of weights: BaseWeights, changes: EditingRecipe.ChangeRule) throws {
    let base = weights.base
    self.changes = changes
    tensors = base.tensors
    // Sums are in float32 at the least whatever the model computed in, so nothing narrower is kept beside them.
    let dtype = (DType(rawValue: base.computeType) ?? .float32).precise
    for tensor in base.tensors {
      let linear = Linear(
        name: tensor.module, tensorName: tensor.name, weight: try weights.tensor(tensor).to(dtype),
        storage: tensor.isTransposed ? .inOut : .outIn)
      self.weights[tensor.block] = EditedWeight(
        block: tensor.block, linear: linear, keepsOriginal: changes.restrainsSums)
    }
  }

  /// Makes the changes of a batch.
  ///
  /// - Throws: ``EditingError/noSuchLayer(_:blockCount:)`` for a block that is not edited, `LanguageModelError` for factors that
  ///   do not fit.
  func add(_ deltas: [WeightDelta]) throws {
    try Self.alone {
      for delta in deltas {
        guard let weight = weights[delta.block] else {
          throw EditingError.noSuchLayer(delta.block, blockCount: (tensors.map(\.block).max() ?? -1) + 1)
        }
        try weight.add(delta, by: changes)
      }
    }
    if changes.restrainsSums { updates += deltas }
  }

  /// The tensors as they would be stored if no change followed, in the base's order.
  func stored() throws -> [(tensor: LedgerBase.Tensor, values: Tensor)] {
    try Self.alone {
      try tensors.compactMap { tensor -> (tensor: LedgerBase.Tensor, values: Tensor)? in
        guard let weight = weights[tensor.block], let type = StoredType(rawValue: tensor.dtype),
          let dtype = DType(type)
        else { return nil }
        guard case .squashedAtEnd(let onTop) = changes, !updates.isEmpty else {
          return (tensor, try weight.weight.to(dtype))
        }
        let present = try weight.snapshot()
        try weight.squash(updates.filter { $0.block == tensor.block }, onTop: onTop)
        let values = try weight.weight.to(dtype)
        try weight.set(present)
        return (tensor, values)
      }
    }
  }

  /// The SHA-256 of each tensor as it would be stored, by name.
  func hashes() throws -> [String: String] { try Self.hashes(of: stored()) }

  /// The SHA-256 of tensors of ``stored()``, by name.
  static func hashes(of stored: [(tensor: LedgerBase.Tensor, values: Tensor)]) throws -> [String: String] {
    // A damaged ledger may describe a tensor twice.
    try Dictionary(stored.map { ($0.tensor.name, try $0.values.contentHash().hex) }) { first, _ in first }
  }

  /// Does something by one thread: how many share a sum decides its last bits.
  private static func alone<Result>(_ body: () throws -> Result) throws -> Result {
    let count = Engine.threadCount
    Engine.setThreadCount(1)
    defer { Engine.setThreadCount(count) }
    return try Autograd.withoutGradients(body)
  }
}

extension Tensor {
  /// The SHA-256 of the elements' bytes in row-major order.
  func contentHash() throws -> ContentHash { try withBytes { ContentHash(of: $0) } }
}
