/// A sentence on its way to being tokens: spaces are put in until white space parts all tokens.
///
/// Each method is one substitution of NLTK's tokenizer, made from left to right over the whole text.
struct TreebankText {
  private var scalars: [Unicode.Scalar]

  init(_ text: some Sequence<Unicode.Scalar>) { scalars = Array(text) }

  /// What white space parts.
  var words: [String] {
    scalars.split(whereSeparator: \.properties.isWhitespace).map {
      var word = String.UnicodeScalarView()
      word.append(contentsOf: $0)
      return String(word)
    }
  }

  /// Puts spaces around each scalar of a kind.
  mutating func pad(_ isOfKind: (Unicode.Scalar) -> Bool) {
    rewrite { text, index in
      isOfKind(text[index]) ? ([" ", text[index], " "], 1) : nil
    }
  }

  /// Puts spaces around each run of at least `minimum` scalars of a kind.
  mutating func padRuns(of minimum: Int = 1, _ isOfKind: (Unicode.Scalar) -> Bool) {
    rewrite { text, index in
      let run = text[index...].prefix(while: isOfKind)
      guard !run.isEmpty else { return nil }
      return (run.count < minimum ? Array(run) : [" "] + run + [" "], run.count)
    }
  }

  /// Double quotes at the beginning, or behind a space or an opening bracket, open; so do two apostrophes there.
  mutating func openDoubleQuotes() {
    if scalars.first == "\"" { scalars.replaceSubrange(0..<1, with: ["`", "`"]) }
    rewrite { text, index in
      text[index...].starts(with: ["`", "`"]) ? ([" ", "`", "`", " "], 2) : nil
    }
    rewrite { text, index in
      guard " ([{<".unicodeScalars.contains(text[index]) else { return nil }
      let next = text[(index + 1)...]
      let length = next.first == "\"" ? 1 : next.starts(with: ["'", "'"]) ? 2 : 0
      return length == 0 ? nil : ([text[index], " ", "`", "`", " "], 1 + length)
    }
  }

  private static let clitics = ["re", "ve", "ll", "m", "t", "s", "d", "n"].map { Array($0.unicodeScalars) }

  /// An apostrophe that opens a word comes off it, unless the word is a clitic.
  mutating func openApostrophes() {
    rewrite { text, index in
      guard text[index] == "'", index + 1 < text.count, text[index + 1].isOfWord,
        index == 0 || !text[index - 1].isOfWord
      else { return nil }
      let word = text[(index + 1)...].prefix(while: \.isOfWord).map(\.lowercased)
      return Self.clitics.contains(word) ? nil : (["'", " "], 1)
    }
  }

  /// The period at the end, with closing quotes and brackets behind it, comes off the last word.
  mutating func separateFinalPeriod() {
    guard let period = scalars.lastIndex(of: "."), period > 0, scalars[period - 1] != "." else { return }
    let behind = scalars[(period + 1)...]
    let closing = behind.prefix { "])}>\"' »”’".unicodeScalars.contains($0) }
    guard behind[closing.endIndex...].allSatisfy(\.properties.isWhitespace) else { return }
    scalars.replaceSubrange(period..., with: [" ", ".", " "] + closing + [" "])
  }

  /// Colons and commas come off, unless a digit follows.
  mutating func separateColonsAndCommas() {
    rewrite { text, index in
      guard text[index] == ":" || text[index] == "," else { return nil }
      guard index + 1 < text.count else { return ([" ", text[index], " "], 1) }
      let next = text[index + 1]
      return next.properties.generalCategory == .decimalNumber ? nil : ([" ", text[index], " ", next], 2)
    }
  }

  /// An apostrophe before a space comes off the word.
  mutating func separateClosingApostrophes() {
    rewrite { text, index in
      guard text[index] != "'", text[(index + 1)...].starts(with: ["'", " "]) else { return nil }
      return ([text[index], " ", "'", " "], 3)
    }
  }

  mutating func separateDoubleDashes() {
    rewrite { text, index in
      text[index...].starts(with: ["-", "-"]) ? ([" ", "-", "-", " "], 2) : nil
    }
  }

  /// Double quotes that did not open close; so do two apostrophes.
  mutating func closeDoubleQuotes() {
    for quote: [Unicode.Scalar] in [["'", "'"], ["\""]] {
      rewrite { text, index in
        text[index...].starts(with: quote) ? ([" ", "'", "'", " "], quote.count) : nil
      }
    }
  }

  /// Makes each run of white space one space, and puts one at either end.
  mutating func joinSpaces() {
    scalars = [" "] + scalars + [" "]
    rewrite { text, index in
      let run = text[index...].prefix(while: \.properties.isWhitespace)
      return run.isEmpty ? nil : ([" "], run.count)
    }
  }

  /// Takes these endings off the words before them.
  mutating func separateClitics(_ clitics: [[Unicode.Scalar]]) {
    rewrite { text, index in
      guard text[index] != "'", text[index] != " " else { return nil }
      let rest = text[(index + 1)...]
      guard let clitic = clitics.first(where: { rest.starts(with: $0 + [" "]) }) else { return nil }
      return ([text[index], " "] + clitic + [" "], clitic.count + 2)
    }
  }

  private static let contractions: [(first: String, second: String)] = [
    ("can", "not"), ("d", "'ye"), ("gim", "me"), ("gon", "na"), ("got", "ta"), ("lem", "me"), ("more", "'n"),
    ("wan", "na"), ("'t", "is"), ("'t", "was"),
  ]

  /// Parts words that are two, in any letter case.
  mutating func splitContractions() {
    for (first, second) in Self.contractions {
      let whole = Array((first + second).unicodeScalars)
      let cut = first.unicodeScalars.count
      rewrite { text, index in
        let found = text[index...].prefix(whole.count)
        let end = index + whole.count
        guard found.elementsEqual(whole, by: { $0.lowercased == $1 }),
          index == 0 || !text[index - 1].isOfWord, end >= text.count || !text[end].isOfWord
        else { return nil }
        // “wanna” is two words before a space only.
        if first == "wan", end >= text.count || !text[end].properties.isWhitespace { return nil }
        return ([" "] + found.prefix(cut) + [" "] + found.dropFirst(cut) + [" "], whole.count)
      }
    }
  }

  /// Goes through the text; where `replacement` gives scalars for the next `length` ones, takes those instead.
  private mutating func rewrite(
    _ replacement: (_ text: [Unicode.Scalar], _ index: Int) -> (scalars: [Unicode.Scalar], length: Int)?
  ) {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + 16)
    var index = 0
    while index < scalars.count {
      if let (replaced, length) = replacement(scalars, index) {
        result += replaced
        index += length
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    scalars = result
  }
}

extension Unicode.Scalar {
  /// Whether Python's `\w` takes it for part of a word.
  var isOfWord: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: self == "_"
    }
  }

  /// Its lower-case form where that is one scalar, itself otherwise.
  var lowercased: Unicode.Scalar {
    let mapping = properties.lowercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping.first ?? self : self
  }
}
