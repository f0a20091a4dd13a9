import Foundation
import Tokenization

extension LanguageModel {
  /// Texts as the published AlphaEdit code generates them, for context templates and evaluation.
  ///
  /// Draws among the `topK` most likely tokens, goes on behind an end-of-text token until prompt and
  /// continuation have
  /// `totalTokens` tokens, and gives the whole text: special tokens kept, in normalization form KD, blank
  /// lines made spaces, `<|endoftext|>` deleted.
  public func generatePublished(
    _ prompts: [String], _ tokenizer: Tokenizer, totalTokens: Int = 200, topK: Int = 5, seed: UInt64
  ) throws -> [String] {
    let ids = try prompts.map { try tokenizer.encode($0).ids }
    let options = GenerationOptions(
      limit: .totalTokens(totalTokens), sampling: Sampling(topK: topK, seed: seed))
    return try zip(ids, generate(ids, options)).map { prompt, generation in
      try tokenizer.decode(prompt + generation.ids, cleaningUpSpaces: true)
        .decomposedStringWithCompatibilityMapping
        .replacingOccurrences(of: "\n\n", with: " ", options: .literal)
        .replacingOccurrences(of: "<|endoftext|>", with: "", options: .literal)
    }
  }
}
