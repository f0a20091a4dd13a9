import LanguageModels
import Torch

extension KeyRows {
  /// The facts' keys at `block`: the down-projection's input at the subject's token, averaged over contexts.
  ///
  /// k = Σ over templates of weight · k(template), the weights being the mean within each type and then over types
  /// (AlphaEdit's `compute_ks`; MEMIT Eq. 19).
  ///
  /// - Parameters:
  ///   - past: keys and values of the shared tokens at this block.
  ///   - weights: of the templates, in order.
  /// - Returns: [facts, n] in float32.
  func keys(
    at block: Int, of model: any LanguageModel, after past: PastKeyValues?, weights: [Double]
  ) throws -> Tensor {
    let pass = try pass(of: model, after: past)
    pass.restrictOutput(ofBlock: block, to: try Tensor(subjectTokens, device: model.device))
    pass.stop(atDownProjectionOf: block)
    var seen: Tensor?
    pass.onDownProjectionInput = { index, input in if index == block { seen = input } }
    _ = try model.runBlock(block, states, pass)
    guard let seen else { throw EditingError.notFinite(what: "keys of block \(block)") }
    let mix = try Tensor(weights.map(Float.init), shape: [1, templateCount], device: model.device)
    return try mix.matmul(seen.to(.float32).view(-1, templateCount, seen.size(1))).squeeze(1)
  }

  /// The outputs of block `last` at the subject's token, from states before `block`, in float32 [rows, d].
  func subjectOutputs(
    from block: Int, through last: Int, of model: any LanguageModel, after past: PastKeyValues?
  ) throws -> Tensor {
    let pass = try pass(of: model, after: past)
    pass.restrictOutput(ofBlock: last, to: try Tensor(subjectTokens, device: model.device))
    return try model.run(block..<last + 1, states, pass).to(.float32)
  }

  /// Carries the states on through `block`, as its weight is now.
  mutating func advance(
    through block: Int, of model: any LanguageModel, after past: PastKeyValues?
  ) throws {
    states = try model.runBlock(block, states, pass(of: model, after: past))
  }
}
