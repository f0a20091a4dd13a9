/// A byte-level byte-pair encoding learnt from text (Sennrich et al., 2016; bytes as in GPT-2): special tokens,
/// then the 256 bytes, then one token for each merge.
public struct BytePairVocabulary: Sendable, Equatable {
  /// Two neighbouring tokens that are joined into one.
  public struct Merge: Sendable, Hashable {
    /// Bytes of the left token.
    public var left: [UInt8]
    /// Bytes of the right token.
    public var right: [UInt8]
  }

  /// Added tokens, which text never produces by merging.
  public let specialTokens: [String]
  /// The merges, the most frequent first.
  public let merges: [Merge]

  /// The number of tokens of all kinds.
  public var size: Int { specialTokens.count + 256 + merges.count }

  /// Every token's bytes by its identifier, without the special tokens; the first has identifier
  /// `specialTokens.count`.
  public var tokens: [[UInt8]] {
    (UInt8.min...UInt8.max).map { [$0] } + merges.map { $0.left + $0.right }
  }

  /// Learns merges until the vocabulary has `size` tokens or no pair of tokens is left.
  ///
  /// Each step joins the pair with the highest count; of equal ones the first in byte order.
  ///
  /// - Parameters:
  ///   - texts: the training text, ASCII.
  ///   - size: the number of tokens wanted, special ones included.
  ///   - specialTokens: added tokens, which get the first identifiers.
  public init(learningFrom texts: some Sequence<String>, size: Int, specialTokens: [String]) {
    self.specialTokens = specialTokens
    var words = Words(texts)
    var merges: [Merge] = []
    while specialTokens.count + 256 + merges.count < size, let merge = words.mostFrequentPair() {
      merges.append(merge)
      words.join(merge)
    }
    self.merges = merges
  }
}

/// The different words of a text with their counts, each as its present tokens.
private struct Words {
  private var entries: [(tokens: [[UInt8]], count: Int)]

  init(_ texts: some Sequence<String>) {
    var counts: [[UInt8]: Int] = [:]
    for text in texts {
      for word in Words.split(Array(text.utf8)) { counts[Array(word), default: 0] += 1 }
    }
    entries = counts.map { word, count in (word.map { [$0] }, count) }
  }

  func mostFrequentPair() -> BytePairVocabulary.Merge? {
    var counts: [BytePairVocabulary.Merge: Int] = [:]
    for entry in entries {
      for (left, right) in zip(entry.tokens, entry.tokens.dropFirst()) {
        counts[.init(left: left, right: right), default: 0] += entry.count
      }
    }
    return counts.max { one, other in
      one.value != other.value ? one.value < other.value : other.key.precedes(one.key)
    }?.key
  }

  mutating func join(_ merge: BytePairVocabulary.Merge) {
    for index in entries.indices {
      let tokens = entries[index].tokens
      var joined: [[UInt8]] = []
      var position = 0
      while position < tokens.count {
        let isPair =
          position + 1 < tokens.count && tokens[position] == merge.left && tokens[position + 1] == merge.right
        joined.append(isPair ? merge.left + merge.right : tokens[position])
        position += isPair ? 2 : 1
      }
      entries[index].tokens = joined
    }
  }

  /// The words of ASCII text as the Llama-3 pattern splits it: letters with the one character before them, or
  /// other characters with the one space before them.
  private static func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var words: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      var end = start
      if !text[end].isLetter, end + 1 < text.count, text[end + 1].isLetter {
        end += 1
      } else if text[end] == .space {
        end += 1
      }
      let isWord = end < text.count && text[end].isLetter
      while end < text.count, text[end] != .space, text[end].isLetter == isWord { end += 1 }
      words.append(text[start..<end])
      start = end
    }
    return words
  }
}

extension BytePairVocabulary.Merge {
  fileprivate func precedes(_ other: Self) -> Bool {
    left == other.left
      ? right.lexicographicallyPrecedes(other.right) : left.lexicographicallyPrecedes(other.left)
  }
}

extension UInt8 {
  fileprivate static let space = UInt8(ascii: " ")
  fileprivate var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
