/// Undoing the spaces that word tokenizers put before punctuation and contractions
/// (`clean_up_tokenization_spaces` of `tokenizer_config.json`).
enum SpaceCleanup {
  private static let replacements: [(spaced: String, joined: String)] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" 's", "'s"),
    (" 've", "'ve"), (" 're", "'re"),
  ]

  /// The text with each replacement made, one after the other.
  static func apply(to text: [UInt8]) -> [UInt8] {
    replacements.reduce(text) { $0.replacing(Array($1.spaced.utf8), with: Array($1.joined.utf8)) }
  }
}
