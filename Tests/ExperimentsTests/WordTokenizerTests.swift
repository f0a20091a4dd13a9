import StrictJSON
import Testing

@testable import Experiments

/// Words and sentences beside what NLTK 3.10 finds.
struct WordTokenizerTests {
  /// A sentence, and the tokens of NLTK's `NLTKWordTokenizer` in a JSON array.
  private static let sentences: [(String, String)] = [
    (
      "Good muffins cost $3.88 (roughly 3,36 euros)\nin New York.",
      #"["Good", "muffins", "cost", "$", "3.88", "(", "roughly", "3,36", "euros", ")", "in", "New", "York", "."]"#
    ),
    (
      #""Hello," she said, "isn't it John's 'big' day?""#,
      #"["``", "Hello", ",", "''", "she", "said", ",", "``", "is", "n't", "it", "John", "'s", "'", "big", "'", "day", "?", "''"]"#
    ),
    (
      "They'll say I'd've gone; you can't, won't and cannot. Gonna, wanna go, gotta, gimme, lemme, more'n, d'ye.",
      #"""
      ["They", "'ll", "say", "I'd", "'ve", "gone", ";", "you", "ca", "n't", ",", "wo", "n't", "and", "can", "not", ".",
       "Gon", "na", ",", "wan", "na", "go", ",", "got", "ta", ",", "gim", "me", ",", "lem", "me", ",", "more", "'n", ",", "d",
       "'ye", "."]
      """#
    ),
    (
      "'Tis true; 'twas the dogs' bowl (the ''best'' one)...",
      #"["'", "Tis", "true", ";", "'", "twas", "the", "dogs", "'", "bowl", "(", "the", "``", "best", "''", "one", ")", "..."]"#
    ),
    (
      "A--B, 1:30 p.m.: well... wait…; 5% of #1 & @me * [x] {y} <z> — dash – en",
      #"""
      ["A", "--", "B", ",", "1:30", "p.m.", ":", "well", "...", "wait…", ";", "5", "%", "of", "#", "1", "&", "@", "me", "*",
       "[", "x", "]", "{", "y", "}", "<", "z", ">", "—", "dash", "–", "en"]
      """#
    ),
    (
      "“Curly quotes,” he wrote: ‘like these’ and «those»",
      #"["“", "Curly", "quotes", ",", "”", "he", "wrote", ":", "‘", "like", "these", "’", "and", "«", "those", "»"]"#
    ),
    (#"He said: "Stop.""#, #"["He", "said", ":", "``", "Stop", ".", "''"]"#),
    ("The U.S.A. is (big.)", #"["The", "U.S.A.", "is", "(", "big", ".", ")"]"#),
    ("``quoted'' text` and \"more", #"["``", "quoted", "''", "text", "`", "and", "``", "more"]"#),
    (
      "rock 'n' roll, the '90s, o'clock, 'em, 're",
      #"["rock", "'n", "'", "roll", ",", "the", "'", "90s", ",", "o'clock", ",", "'", "em", ",", "'re"]"#
    ),
    ("ends, ", #"["ends", ","]"#),
    ("a,b,1,2:c,,d:", #"["a", ",", "b,1,2", ":", "c", ",", ",d", ":"]"#),
    (
      "Cannot CANNOT can not cannots uncannot",
      #"["Can", "not", "CAN", "NOT", "can", "not", "cannots", "uncannot"]"#
    ),
    (
      "She's HE'S we'RE don't DON'T y'all'd've",
      #"["She", "'s", "HE", "'S", "we", "'RE", "do", "n't", "DO", "N'T", "y'all'd", "'ve"]"#
    ),
    ("','','' ' '' ", #"["'", ",", "''", ",", "''", "'", "``"]"#),
    (
      "x.y.z. http://a.b/c?d=e&f=1", #"["x.y.z.", "http", ":", "//a.b/c", "?", "d=e", "&", "f=1"]"#
    ),
    ("Pišek's café, naïve—über", #"["Pišek", "'s", "café", ",", "naïve", "—", "über"]"#),
    ("", "[]"), ("   ", "[]"), (".", #"["."]"#), ("..", #"[".."]"#), ("what?!", #"["what", "?", "!"]"#),
    ("\"", #"["``"]"#), (#"("a")"#, #"["(", "``", "a", "''", ")"]"#), ("wanna.", #"["wan", "na", "."]"#),
    ("don't.", #"["do", "n't", "."]"#),
  ]

  @Test(arguments: sentences) func `a sentence has NLTK's tokens`(sentence: String, tokens: String) throws {
    let expected = try #require(try JSON.parse(tokens).array?.compactMap(\.string))
    #expect(WordTokenizer.tokens(ofSentence: sentence.unicodeScalars) == expected)
  }

  @Test(arguments: [
    ("He left. She stayed.", 2), ("He left.She stayed.", 1), ("Really? Yes! Good.", 3),
    ("Mr. Smith of the U.S. Army left.", 1),
    ("It rose 5. the next day.", 1), ("It was 1990. Then it ended.", 2), ("J. K. Rowling wrote it.", 1),
    ("She said \"no.\" He left.", 2), ("Apples, pears, etc. The rest went.", 2), ("Wait... no.", 1),
    ("Wait... The end.", 2),
    ("no end", 1), ("", 0), (" \n ", 0),
  ])
  func `sentences end where Punkt's rules say`(text: String, count: Int) {
    #expect(SentenceSplitter.sentences(of: text).count == count)
  }

  @Test func `periods within a text stand alone at the ends of sentences only`() {
    #expect(
      WordTokenizer.tokens(of: "He met Dr. Lee. It was late.")
        == ["He", "met", "Dr.", "Lee", ".", "It", "was", "late", "."])
  }

  @Test func `entropy is that of NLTK's n-grams`() {
    // (2/3·H₂ + 4/3·H₃)/2 by the published formula, computed with NLTK.
    let values = [
      ("The cat sat on the mat and the cat sat on the hat.", 3.2473865304594254), ("a a a a a a", 0),
      ("Rome is in Italy, and Rome is old; Rome is in Italy, too.", 3.447200240777273), ("one", 0), ("", 0),
    ]
    for (text, expected) in values { #expect(abs(NGramEntropy.entropy(of: text) - expected) < 1e-12) }
    #expect(NGramEntropy.mean(of: []) == nil)
    #expect(NGramEntropy.mean(of: ["a a a", "a a a"]) == 0)
  }
}
