/// The regular expressions that byte-level tokenizers cut text into words with.
///
/// They are known by their exact text and run by a scanner that looks at each scalar a fixed number of times, so no
/// input makes them slow. Each of them matches every scalar of a text, so its words cover it.
enum WordPattern {
  /// GPT-2's; also `ByteLevel` with `use_regex`.
  case gpt2
  /// Llama 3's (and cl100k's); `digits` numerals at most make a word, and letters may take marks along.
  case llama3(digits: Int, marksInWords: Bool)

  /// The pattern with exactly this text, else nil.
  init?(regex: String) {
    switch regex {
    case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: self = .gpt2
    case Self.llama3Regex(letters: #"\p{L}"#, others: #"\p{L}\p{N}"#, numbers: #"\p{N}{1,3}"#):
      self = .llama3(digits: 3, marksInWords: false)
    case Self.llama3Regex(letters: #"\p{L}"#, others: #"\p{L}\p{N}"#, numbers: #"\p{N}"#):
      self = .llama3(digits: 1, marksInWords: false)
    case Self.llama3Regex(letters: #"[\p{L}\p{M}]"#, others: #"\p{L}\p{M}\p{N}"#, numbers: #"\p{N}"#):
      self = .llama3(digits: 1, marksInWords: true)
    default: return nil
    }
  }

  private static func llama3Regex(letters: String, others: String, numbers: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?"# + letters + "+|" + numbers + #"| ?[^\s"# + others
      + #"]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Appends the words of `range` of `bytes`.
  func appendWords(of bytes: [UInt8], _ range: Range<Int>, to words: inout [Range<Int>]) {
    let scanner = WordScanner(bytes, end: range.upperBound)
    var index = range.lowerBound
    switch self {
    case .gpt2:
      while index < range.upperBound {
        let next = scanner.gpt2Word(from: index)
        words.append(index..<next)
        index = next
      }
    case .llama3(let digits, let marksInWords):
      let letters: ScalarClass = marksInWords ? [.letter, .mark] : .letter
      while index < range.upperBound {
        let next = scanner.llama3Word(from: index, digits: digits, letters: letters)
        words.append(index..<next)
        index = next
      }
    }
  }
}
