import LanguageModels
import Torch

/// The states of the tokens shared in each context, carried through the blocks as these are edited.
final class SharedContexts {
  private let model: any LanguageModel
  private let tokens: PackedTokens?
  /// The packed row of each context, nil where nothing is shared.
  private let rowOfContext: [Int?]
  private var states: Tensor?
  /// The block whose input ``states`` is.
  private(set) var block = 0

  init(_ prompts: BatchPrompts, of model: any LanguageModel) throws {
    self.model = model
    var filled = 0
    rowOfContext = prompts.shared.map { ids in
      guard !ids.isEmpty else { return nil }
      defer { filled += 1 }
      return filled
    }
    let sequences = prompts.shared.filter { !$0.isEmpty }
    tokens = sequences.isEmpty ? nil : try PackedTokens(sequences, device: model.device)
    if let tokens {
      try model.check(sequences)
      let pass = try ForwardPass(tokens, of: model)
      states = try model.embed(tokens.ids, positions: pass.positions)
    }
  }

  /// Keys and values of the shared tokens, a row a context, from the present block up to `end`, as weights are now.
  func keyValues(upTo end: Int) throws -> PastKeyValues? {
    guard let tokens, let states else { return nil }
    let pass = try ForwardPass(tokens, of: model, recordsKeyValues: true)
    _ = try model.run(block..<end, states, pass)
    var past = try tokens.callerOrder(pass.recorded).selectingRows(rowOfContext.map { $0 ?? 0 })
    past.lengths = zip(rowOfContext, past.lengths).map { $0 == nil ? 0 : $1 }
    return past
  }

  /// Carries the states on to the input of block `next`, as weights are now.
  func advance(to next: Int) throws {
    if let tokens, let states {
      self.states = try model.run(block..<next, states, ForwardPass(tokens, of: model))
    }
    block = next
  }
}

extension PastKeyValues {
  /// Those of the given blocks only.
  func blocks(_ range: Range<Int>) -> PastKeyValues {
    PastKeyValues(
      keys: keys.filter { range.contains($0.key) }, values: values.filter { range.contains($0.key) },
      lengths: lengths)
  }
}

extension PackedTokens {
  /// The groups of these rows behind what is cached of their contexts.
  func groups(after past: PastKeyValues?, contexts: [Int]) throws -> [RowGroup] {
    guard let past else { return groups }
    return try groups(after: past.selectingRows(contexts))
  }
}
