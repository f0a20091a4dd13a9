/// The words and punctuation marks of English text, as NLTK's `word_tokenize` finds them.
///
/// A text is cut into sentences (see ``SentenceSplitter``) and each of these into tokens by the rules of the Penn
/// Treebank in NLTK's version of them: punctuation stands alone but for periods within a sentence; clitics (`'s`,
/// `n't`, `'ll`) and a few contractions (`can|not`, `gon|na`) come off their words; double quotes become `` `` ``
/// and `''`.
public enum WordTokenizer {
  /// The tokens of a text, in order.
  public static func tokens(of text: String) -> [String] {
    SentenceSplitter.sentences(of: text).flatMap { tokens(ofSentence: $0) }
  }

  /// The tokens of one sentence: a period at its end is one of its own.
  static func tokens(ofSentence sentence: some Sequence<Unicode.Scalar>) -> [String] {
    var text = TreebankText(sentence)
    openQuotes(in: &text)
    separatePunctuation(in: &text)
    closeQuotes(in: &text)
    text.splitContractions()
    return text.words
  }

  private static func openQuotes(in text: inout TreebankText) {
    text.padRuns { $0 == "`" }
    text.pad { "«“‘„".unicodeScalars.contains($0) }
    text.openDoubleQuotes()
    text.openApostrophes()
  }

  private static func separatePunctuation(in text: inout TreebankText) {
    text.separateFinalPeriod()
    text.separateColonsAndCommas()
    text.padRuns(of: 2) { $0 == "." }
    text.pad { ";@#$%&".unicodeScalars.contains($0) || ("\u{2012}"..."\u{2015}").contains($0) }
    text.pad { $0 == "?" || $0 == "!" }
    text.separateClosingApostrophes()
    text.pad { "*[](){}<>".unicodeScalars.contains($0) }
    text.separateDoubleDashes()
  }

  private static func closeQuotes(in text: inout TreebankText) {
    text.pad { "»”’".unicodeScalars.contains($0) }
    text.closeDoubleQuotes()
    text.joinSpaces()
    text.separateClitics([
      ["'", "s"], ["'", "S"], ["'", "m"], ["'", "M"], ["'", "d"], ["'", "D"], ["'"],
    ])
    text.separateClitics(
      ["'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"].map { Array($0.unicodeScalars) })
  }
}
