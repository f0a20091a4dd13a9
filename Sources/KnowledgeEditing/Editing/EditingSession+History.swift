import LanguageModels
import Torch

extension EditingSession {
  /// Writes some facts of an earlier batch again, from its keys and changes, into the weights and the history as they are now:
  /// no target value is sought, and no text is read.
  ///
  /// With S = I + KᵀGK a batch was written as ΔW = R S⁻¹ (GK)ᵀ, so its factors L = R S⁻¹ and GK give its residuals back:
  /// R = L + L Kᵀ(GK). Those of the facts to keep are solved for with their keys.
  ///
  /// - Parameters:
  ///   - deltas: the changes that the batch made.
  ///   - keys: the keys that these are of, [u, n] by block.
  ///   - kept: the rows of the keys to be written again, ascending.
  /// - Throws: ``HistoryError/cannotTakeOut(method:)`` for NSE.
  func solveAgain(
    _ deltas: [WeightDelta], keys: [Int: Tensor], keeping kept: [Int]
  ) throws -> BatchState {
    guard !recipe.selectsNeurons else {
      throw HistoryError.cannotTakeOut(method: EditingMethod.nse.rawValue)
    }
    var state = BatchState()
    guard !kept.isEmpty else { return state }
    try Autograd.withoutGradients {
      let rows = try Tensor(kept, device: model.device)
      for delta in deltas {
        guard let k = try keys[delta.block]?.to(model.device), var solver = solvers[delta.block],
          k.size(0) == delta.right.size(1)
        else { throw EditingError.noSuchLayer(delta.block, blockCount: model.blockCount) }
        let left = try delta.left.to(.float64, model.device)
        let gram = try k.to(.float64).matmul(delta.right.to(.float64, model.device))
        let residuals = try (left + left.matmul(gram)).indexSelect(1, rows)
        let chosen = try k.indexSelect(0, rows)
        let solved = try solver.solve(
          block: delta.block, keys: chosen.transposed(), residuals: residuals,
          remembers: recipe.remembersFacts)
        solvers[delta.block] = solver
        state.deltas.append(
          WeightDelta(
            block: delta.block, left: try solved.left.to(.float32), right: try solved.right.to(.float32)))
        if recipe.remembersFacts { state.remembered[Self.keysName(delta.block)] = chosen }
      }
      try commit(state, alreadyAdded: false)
    }
    return state
  }
}
