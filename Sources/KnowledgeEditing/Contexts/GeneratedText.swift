import Foundation

/// Text a model has generated, as the published code reads it.
public enum GeneratedText {
  /// Decoded tokens as text: compatibility-decomposed (NFKD), two line feeds read as one space, the end-of-text
  /// mark of GPT-2 removed. Other special tokens stay; the published code leaves them too.
  public static func normalized(_ decoded: String) -> String {
    decoded.decomposedStringWithCompatibilityMapping
      .replacingOccurrences(of: "\n\n", with: " ", options: .literal)
      .replacingOccurrences(of: "<|endoftext|>", with: "", options: .literal)
  }
}
