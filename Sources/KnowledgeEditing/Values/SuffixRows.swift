import LanguageModels
import Torch

/// What an optimiser step runs: each prompt from the subject's token on, through the blocks above the last edited one.
///
/// Tokens before the subject never change above the edit (attention is causal), so their keys and values are cached; only
/// the target's positions and the essence prompt's subject reach the head.
struct SuffixRows {
  /// The facts that take part, by their places in the chunk.
  let facts: [Int]
  private let model: any LanguageModel
  private let pass: ForwardPass
  private let firstBlock: Int
  /// States of all suffix tokens behind the last edited block, [N, d].
  private let base: Tensor
  private let subjectTokens: Tensor
  private let subjectStates: Tensor
  private let factOfRow: Tensor
  private let outputs: Tensor
  /// The targets' ids [M, 1], which the first M outputs predict.
  let targets: Tensor
  /// 1/(rows · T) for each of them, [M, 1].
  let weights: Tensor
  /// The place in ``facts`` of each of them, [M].
  let factOfTarget: Tensor

  init(
    _ states: FactStates, facts: [Int], past: PastKeyValues?, prompts: [EditPrompts], firstBlock: Int,
    model: any LanguageModel
  ) throws {
    self.facts = facts
    self.model = model
    self.firstBlock = firstBlock
    let device = model.device
    let firstFact = states.firstFact
    let placeOfFact = Dictionary(uniqueKeysWithValues: facts.enumerated().map { ($1 + firstFact, $0) })
    let chosen = states.rows.indices.filter { placeOfFact[states.rows[$0].fact] != nil }
    let rows = chosen.map { states.rows[$0] }
    let tokens = try PackedTokens(rows.map { Array($0.own[$0.subject...]) }, device: device)
    let groups = try past.map { try tokens.groups(after: $0.selectingRows(chosen)) } ?? tokens.groups
    pass = try ForwardPass(groups: groups, device: device, dtype: model.dtype)

    let places = tokens.order.flatMap { row in
      let start = states.tokens.start(ofRow: chosen[row])
      return Array(start + rows[row].subject..<start + rows[row].own.count)
    }
    base = try states.output.indexSelect(0, Tensor(places, device: device))
    subjectTokens = try Tensor(rows.indices.map { tokens.start(ofRow: $0) }, device: device)
    subjectStates = try base.indexSelect(0, subjectTokens).to(.float32)
    factOfRow = try Tensor(rows.map { placeOfFact[$0.fact] ?? 0 }, device: device)

    var (labels, essences, ids, shares, owners) = ([Int](), [Int](), [Int](), [Float](), [Int]())
    for (index, row) in rows.enumerated() {
      let start = tokens.start(ofRow: index)
      guard row.labelCount > 0 else {
        essences.append(start)
        continue
      }
      let end = start + row.own.count - row.subject
      let target = prompts[row.fact].targetIDs
      labels += end - target.count..<end
      ids += target
      shares += target.map { _ in 1 / Float(prompts[row.fact].rewriting.count * target.count) }
      owners += target.map { _ in placeOfFact[row.fact] ?? 0 }
    }
    outputs = try Tensor(labels + essences, device: device)
    targets = try Tensor(ids, shape: [ids.count, 1], device: device)
    weights = try Tensor(shares, shape: [shares.count, 1], device: device)
    factOfTarget = try Tensor(owners, device: device)
    if firstBlock < model.blockCount { pass.restrictOutput(ofBlock: model.blockCount - 1, to: outputs) }
  }

  /// Final states, after the model's last norm, of the M target positions and then of the essence prompts, with δ [F, d] added
  /// to each row's state at the subject.
  func finalStates(_ delta: Tensor) throws -> Tensor {
    let moved = try (subjectStates + delta.indexSelect(0, factOfRow)).to(base.dtype)
    let x = try base.indexCopy(0, subjectTokens, moved)
    guard firstBlock < model.blockCount else { return try model.finalNorm(x.indexSelect(0, outputs)) }
    return try model.finalNorm(model.run(firstBlock..<model.blockCount, x, pass))
  }

  /// The facts, by their places in ``facts``, for all of whose target positions something holds.
  ///
  /// - Parameter holds: bool [M].
  func factsWhere(_ holds: Tensor) throws -> Set<Int> {
    let failures = try Tensor.zeros([facts.count], device: holds.device).indexAdd(
      0, factOfTarget, holds.not().to(.float32))
    return Set(try failures.array(Float.self).enumerated().filter { $0.element == 0 }.map(\.offset))
  }
}

extension FactStates {
  /// Keys and values, above the last edited block, of each row's tokens before its subject; nil where there are none.
  func subjectPast(
    after shared: PastKeyValues?, firstBlock: Int, model: any LanguageModel
  ) throws -> PastKeyValues? {
    let blocks = firstBlock..<model.blockCount
    guard !blocks.isEmpty else { return nil }
    let shared = shared?.blocks(blocks)
    let long = rows.indices.filter { rows[$0].subject > 0 }
    guard !long.isEmpty else { return try shared?.selectingRows(rows.map(\.context)) }
    let prefixes = try PackedTokens(
      long.map { Array(rows[$0].own[..<rows[$0].subject]) }, device: model.device)
    let places = prefixes.order.flatMap { row in
      let start = tokens.start(ofRow: long[row])
      return Array(start..<start + rows[long[row]].subject)
    }
    let pass = try ForwardPass(
      groups: prefixes.groups(after: shared, contexts: long.map { rows[$0].context }), device: model.device,
      dtype: model.dtype, recordsKeyValues: true)
    // The last block serves for its keys and values only.
    pass.restrictOutput(ofBlock: model.blockCount - 1, to: try Tensor([0], device: model.device))
    _ = try model.run(blocks, output.indexSelect(0, Tensor(places, device: model.device)), pass)
    let own = try prefixes.callerOrder(pass.recorded)
    let short = rows.indices.filter { rows[$0].subject == 0 }
    guard !short.isEmpty else { return own }
    var bare =
      try shared?.selectingRows(short.map { rows[$0].context }) ?? own.selectingRows(short.map { _ in 0 })
    if shared == nil { bare.lengths = short.map { _ in 0 } }
    var place = [Int](repeating: 0, count: rows.count)
    for (packed, row) in (long + short).enumerated() { place[row] = packed }
    return try PastKeyValues.joined([own, bare]).selectingRows(place)
  }
}
