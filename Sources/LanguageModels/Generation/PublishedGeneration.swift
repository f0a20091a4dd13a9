import Tokenization

extension LanguageModel {
  /// Texts as the published AlphaEdit code has a model write them, for context templates and evaluation.
  ///
  /// Draws among the `topK` most likely tokens, and goes on behind an end-of-text token until prompt and
  /// continuation have `totalTokens` tokens.
  ///
  /// - Returns: for each prompt the whole text, special tokens kept, spaces before punctuation taken out.
  public func generatePublished(
    _ prompts: [String], _ tokenizer: Tokenizer, totalTokens: Int = 200, topK: Int = 5, seed: UInt64
  ) throws -> [String] {
    let ids = try prompts.map { try tokenizer.encode($0).ids }
    let options = GenerationOptions(
      limit: .totalTokens(totalTokens), sampling: Sampling(topK: topK, seed: seed))
    return try zip(ids, generate(ids, options)).map { prompt, generation in
      try tokenizer.decode(prompt + generation.ids, cleaningUpSpaces: true)
    }
  }
}
