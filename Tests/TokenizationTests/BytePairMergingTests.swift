import StrictJSON
import Testing
import Tokenization

/// Merging in the two ways the model has, for short words and long ones, against the definition.
@Suite struct BytePairMergingTests {
  /// The definition: the neighbours of the smallest rank merge, the leftmost of them, until none can.
  private struct Definition {
    var ids: [String: Int] = [:]
    var ranks: [String: Int] = [:]

    init(_ fixture: Fixture) {
      for member in fixture.json["model"]?["vocab"]?.object?.members ?? [] {
        ids[member.key.text] = member.value.int
      }
      for (rank, merge) in (fixture.json["model"]?["merges"]?.array ?? []).enumerated() {
        ranks[(merge.array ?? []).compactMap(\.string).joined(separator: " ")] = rank
      }
    }

    func tokens(of word: String) -> [Int?] {
      var parts = word.unicodeScalars.map(String.init)
      while true {
        let candidates = parts.indices.dropLast().compactMap { index in
          ranks["\(parts[index]) \(parts[index + 1])"].map { (rank: $0, index: index) }
        }
        guard let best = candidates.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { break }
        parts[best.index] += parts.remove(at: best.index + 1)
      }
      return parts.map { ids[$0] }
    }
  }

  @Test(arguments: [1, 2, 7, 47, 48, 49, 50, 64, 65, 200]) func equalsTheDefinition(length: Int) throws {
    let tokenizer = try Fixture.byteLevel.tokenizer()
    let definition = Definition(.byteLevel)
    var generator = SplitMix(state: UInt64(length))
    for _ in 0..<20 {
      let word = String((0..<length).map { _ in "thearndis".randomElement(using: &generator) ?? "t" })
      #expect(try tokenizer.encode(word).ids == definition.tokens(of: word), "\(word)")
    }
  }

  @Test(arguments: ["a", "the", "\u{1F680}", "\u{301}", " ", "\t\n", "'", "1", "e\u{301}"])
  func longWordsTakeNoMoreThanNLogN(unit: String) throws {
    let tokenizers = try [Fixture.byteLevel, .sentencePiece].map { try $0.tokenizer() }
    let text = String(repeating: unit, count: 60_000 / unit.utf8.count)
    for tokenizer in tokenizers {
      // A quadratic way would take minutes here; no clock is needed to notice.
      let encoding = try tokenizer.encode(text, addingSpecialTokens: false)
      #expect(try tokenizer.decode(encoding.ids) == text)
      #expect(encoding.offsets.last?.upperBound == text.unicodeScalars.count)
    }
  }

  @Test func wordsDoNotDependOnWhatCameBefore() throws {
    let tokenizer = try Fixture.sentencePiece.tokenizer()
    // More words than are remembered at once.
    let text = (0..<66_000).map { "the\($0)" }.joined(separator: " ")
    let encoding = try tokenizer.encode(text, addingSpecialTokens: false)
    #expect(try tokenizer.decode(encoding.ids) == text)
    for word in ["the0", "the65999", "the mill"] {
      #expect(try tokenizer.encode(word) == Fixture.sentencePiece.tokenizer().encode(word))
    }
  }
}

/// Steele, Lea and Flood's SplitMix64: the same words in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
