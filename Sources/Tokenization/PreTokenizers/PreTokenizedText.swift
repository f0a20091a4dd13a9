/// A text and the words it is cut into so far.
struct PreTokenizedText {
  private(set) var text: AlignedText
  /// Ranges of `text.bytes`, rising, none empty.
  private(set) var words: [Range<Int>]

  /// One word, or none when the text is empty.
  init(_ text: AlignedText) {
    self.text = text
    words = text.count == 0 ? [] : [0..<text.count]
  }

  /// Cuts each word further: `split` appends the parts of the range it is given.
  mutating func splitWords(_ split: (_ bytes: [UInt8], Range<Int>, inout [Range<Int>]) -> Void) {
    var parts: [Range<Int>] = []
    for word in words { split(text.bytes, word, &parts) }
    words = parts
  }

  /// Cuts each word at the scalars that `isMatch` holds for.
  mutating func splitWords(_ behavior: SplitBehavior, at isMatch: (UInt32) -> Bool) {
    splitWords { bytes, range, parts in
      var matches: [Range<Int>] = []
      var index = range.lowerBound
      while index < range.upperBound {
        let (value, length) = bytes.scalar(at: index)
        if isMatch(value) { matches.append(index..<index + length) }
        index += length
      }
      behavior.appendParts(of: range, splitAt: matches, to: &parts)
    }
  }

  /// Changes the text of each word; `change` is told whether the word is at the very start of the input.
  mutating func rebuildWords(_ change: (inout AlignedText, _ isFirst: Bool) -> Void) {
    var builder = AlignedText.Builder(capacity: text.count + words.count)
    words = words.map { range in
      var word = text.slice(range)
      change(&word, text.source(of: range).lowerBound == 0)
      let start = builder.count
      builder.append(word)
      return start..<builder.count
    }
    text = builder.text
  }
}
