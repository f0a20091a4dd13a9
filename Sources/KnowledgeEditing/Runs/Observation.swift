import LanguageModels
import Tokenization

/// What a model says at one moment.
struct Observation {
  /// What it makes of each fact.
  let facts: [FactMeasure]
  /// How likely it finds the held-back text; nil without any.
  let heldBack: TextLikelihood?
  /// How it continues the prompts of the first facts, greedily.
  let continuations: [String]
}

/// Looks at a model before and after an edit in the same way.
struct Observer {
  let probe: FactProbe
  let heldBack: HeldBackText
  private let examples: [EditPrompts]
  private let tokenizer: Tokenizer

  /// Of how many facts continuations are shown, and how long they are.
  private static let exampleCount = 3
  private static let continuationTokens = 12

  init(_ prompts: [EditPrompts], heldBack: HeldBackText, tokenizer: Tokenizer) {
    probe = FactProbe(prompts, tokenizer: tokenizer)
    examples = Array(prompts.prefix(Self.exampleCount))
    self.heldBack = heldBack
    self.tokenizer = tokenizer
  }

  func observe(
    _ model: any LanguageModel, phase: String, progress: ProgressHandler?
  ) throws -> Observation {
    Observation(
      facts: try probe.measure(model, phase: phase, progress: progress),
      heldBack: try heldBack.measure(model),
      continuations: try continuations(model))
  }

  private func continuations(_ model: any LanguageModel) throws -> [String] {
    let prompts = examples.compactMap(\.keys.first?.ids)
    let options = GenerationOptions(
      limit: .newTokens(Self.continuationTokens), stopTokens: Set([tokenizer.eosID].compactMap { $0 }))
    return try zip(prompts, model.generate(prompts, options)).map {
      try tokenizer.continuation($1.ids, of: $0)
    }
  }
}

extension Tokenizer {
  /// The text that ids add to a prompt: a space that decoding drops at the beginning of a text is kept.
  ///
  /// - Throws: `TokenizerError`.
  public func continuation(_ ids: [Int], of prompt: [Int]) throws -> String {
    let before = try decode(prompt, skippingSpecialTokens: true)
    let whole = try decode(prompt + ids, skippingSpecialTokens: true)
    guard whole.utf8.starts(with: before.utf8) else { return try decode(ids, skippingSpecialTokens: true) }
    return String(decoding: whole.utf8.dropFirst(before.utf8.count), as: UTF8.self)
  }
}
