import Tokenization

/// The tokens of a fact's target that fine-tuning raises the probability of, all of them as the next after the prompt.
public enum FineTuningTargets: Sendable, Equatable {
  /// Those of the target itself.
  case own
  /// Also the special tokens `before` it and `filler` up to the minibatch's longest target, but none that is `ignored`: the
  /// published code scores all that its tokenizer returns and passes over the unknown token only. That is the end-of-text
  /// token too for GPT-2 and GPT-J; for Llama 3 there is none, so the model also learns to say begin- and end-of-text.
  case padded(before: [Int], filler: Int, ignored: Int?)

  /// As published, with that tokenizer.
  ///
  /// - Throws: ``FineTuningError/noPadding`` where it has no token to fill up with, or `TokenizerError`.
  public static func asPublished(_ tokenizer: Tokenizer) throws -> FineTuningTargets {
    guard let filler = tokenizer.eosID else { throw FineTuningError.noPadding }
    return .padded(before: try tokenizer.encode("").ids, filler: filler, ignored: tokenizer.unknownID)
  }

  /// The ids to score for each fact of a minibatch.
  func ids(_ facts: [EditPrompts]) -> [[Int]] {
    guard case .padded(let before, let filler, let ignored) = self else { return facts.map(\.targetIDs) }
    let longest = facts.map(\.targetIDs.count).max() ?? 0
    return facts.map { fact in
      let padding = Array(repeating: filler, count: longest - fact.targetIDs.count)
      return (before + fact.targetIDs + padding).filter { $0 != ignored }
    }
  }
}
