import LanguageModels
import Torch

/// A minibatch of facts: what fine-tuning's steps run, and the loss they lower.
///
/// Blocks below the first trained one never change, so the prompts pass through them once; of the last block's output, only
/// each prompt's last token is needed.
struct NextTokenLoss {
  let factCount: Int
  private let model: any LanguageModel
  private let firstBlock: Int
  private let pass: ForwardPass
  /// States of all tokens before the first trained block, [N, d].
  private let states: Tensor
  /// The fact of each scored token, [M].
  private let factOfToken: Tensor
  /// The scored tokens [M, 1].
  private let targets: Tensor
  /// 1/(facts · T) for each of them, [M, 1].
  private let weights: Tensor

  /// - Parameter targets: the ids to score of each fact, all of them after its prompt's last token.
  init(_ facts: [EditPrompts], targets: [[Int]], firstBlock: Int, model: any LanguageModel) throws {
    let prompts = facts.compactMap { $0.keys.first?.ids }
    try model.check(prompts)
    try model.check(targets)
    let device = model.device
    let tokens = try PackedTokens(prompts, device: device)
    let pass = try ForwardPass(tokens, of: model)
    states = try model.run(0..<firstBlock, model.embed(tokens.ids, positions: pass.positions), pass)
    let last = prompts.indices.map { tokens.start(ofRow: $0) + prompts[$0].count - 1 }
    pass.restrictOutput(ofBlock: model.blockCount - 1, to: try Tensor(last, device: device))
    let owners = targets.indices.flatMap { Array(repeating: $0, count: targets[$0].count) }
    let shares = owners.map { 1 / (Float(targets.count) * Float(targets[$0].count)) }
    factOfToken = try Tensor(owners, device: device)
    self.targets = try Tensor(Array(targets.joined()), shape: [owners.count, 1], device: device)
    weights = try Tensor(shares, shape: [owners.count, 1], device: device)
    self.pass = pass
    self.firstBlock = firstBlock
    self.model = model
    factCount = facts.count
  }

  /// The mean over facts of the mean over their tokens of −log p(token | prompt), a scalar in float32.
  func callAsFunction() throws -> Tensor {
    let final = try model.finalNorm(model.run(firstBlock..<model.blockCount, states, pass))
    let logP = try model.head(final).to(.float32).logSoftmax()
    return try -(logP.indexSelect(0, factOfToken).gather(1, targets) * weights).sum()
  }
}
