import LanguageModels
import Torch

/// The states of some facts' prompts below and at the last edited block: everything target values and keys start from.
///
/// Blocks up to the last edited one see no change while a target value is sought (δ enters behind it), and blocks below the
/// first edited one see none in the whole run, so each prompt passes through them once.
struct FactStates {
  /// The facts' rows, in packing order of ``tokens``' caller.
  let rows: [PromptRow]
  let tokens: PackedTokens
  /// Outputs [N, d] of the last edited block.
  let output: Tensor
  /// The rows from which keys are read.
  let keyRows: KeyRows
  /// How many rows each fact has.
  private let rowsPerFact: Int

  init(
    facts: Range<Int>, of prompts: BatchPrompts, after past: PastKeyValues?, layers: [Int],
    model: any LanguageModel
  ) throws {
    let first = layers.first ?? 0
    let end = (layers.last ?? 0) + 1
    let rows = facts.flatMap { prompts.rows(of: $0) }
    let tokens = try PackedTokens(rows.map(\.own), device: model.device)
    try model.check(rows.map(\.own))
    let groups = try tokens.groups(after: past?.blocks(0..<end), contexts: rows.map(\.context))
    let pass = try ForwardPass(groups: groups, device: model.device, dtype: model.dtype)
    let embedded = try model.embed(tokens.ids, positions: pass.positions)
    let input = try model.run(0..<first, embedded, pass)
    output = try model.run(first..<end, input, pass)

    let keyed = rows.indices.filter { rows[$0].context < prompts.templateCount }
    let places = keyed.map { row in tokens.start(ofRow: row)...tokens.start(ofRow: row) + rows[row].subject }
    keyRows = try KeyRows(
      rows: keyed.map { rows[$0] }, places: places, states: input, templateCount: prompts.templateCount)
    self.rows = rows
    self.tokens = tokens
    rowsPerFact = prompts.templateCount + 1
  }

  /// How many facts there are.
  var factCount: Int { rows.count / rowsPerFact }

  /// h₀, the outputs [facts, d] of the last edited block at the subjects of the bare prompts, in float32.
  func bareOutputs() throws -> Tensor {
    let tokens = (0..<factCount).map { subjectToken(ofRow: $0 * rowsPerFact) }
    return try output.indexSelect(0, Tensor(tokens, device: output.device)).to(.float32)
  }

  /// The packed place of the row's token at the subject.
  func subjectToken(ofRow row: Int) -> Int { tokens.start(ofRow: row) + rows[row].subject }
}

/// The rows from which keys are read, up to the subject's token, and their states before the block to be edited next.
struct KeyRows {
  let rows: [PromptRow]
  let tokens: PackedTokens
  /// [N, d], in the order of ``tokens``.
  var states: Tensor
  let templateCount: Int

  init(rows: [PromptRow], places: [ClosedRange<Int>], states: Tensor, templateCount: Int) throws {
    self.rows = rows
    self.templateCount = templateCount
    tokens = try PackedTokens(rows.map { Array($0.own[0...$0.subject]) }, device: states.device)
    let order = tokens.order.flatMap { Array(places[$0]) }
    self.states = try states.indexSelect(0, Tensor(order, device: states.device))
  }

  /// The rows of the bare prompts only.
  func bare() throws -> KeyRows { try keeping(templateCount: 1) { $0.context == 0 } }

  /// The rows of some facts only, by their places in the batch; nil where there are none.
  func keeping(facts: Set<Int>) throws -> KeyRows? {
    guard rows.contains(where: { facts.contains($0.fact) }) else { return nil }
    return try keeping(templateCount: templateCount) { facts.contains($0.fact) }
  }

  private func keeping(templateCount: Int, where isKept: (PromptRow) -> Bool) throws -> KeyRows {
    let kept = rows.indices.filter { isKept(rows[$0]) }
    let places = kept.map { row in tokens.start(ofRow: row)...tokens.start(ofRow: row) + rows[row].subject }
    return try KeyRows(
      rows: kept.map { rows[$0] }, places: places, states: states, templateCount: templateCount)
  }

  /// The packed places of the subjects' tokens, in the order of ``rows``.
  var subjectTokens: [Int] { rows.indices.map { tokens.start(ofRow: $0) + rows[$0].subject } }

  /// A pass over these rows behind their contexts.
  func pass(of model: any LanguageModel, after past: PastKeyValues?) throws -> ForwardPass {
    try ForwardPass(
      groups: tokens.groups(after: past, contexts: rows.map(\.context)), device: model.device,
      dtype: model.dtype)
  }
}
