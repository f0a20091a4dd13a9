import StrictJSON
import Testing

@testable import MadeUpWorld

@Suite struct BytePairVocabularyTests {
  private let specials = ["<begin>", "<end>"]

  @Test func joinsTheMostFrequentPairFirstAndTiesInByteOrder() {
    let vocabulary = BytePairVocabulary(
      learningFrom: ["ab ab ab cd cd"], size: 258 + 4, specialTokens: specials)
    let merges = vocabulary.merges.map { String(decoding: $0.left + $0.right, as: UTF8.self) }
    #expect(merges == ["ab", " ab", " c", " cd"])
    #expect(vocabulary.size == 262)
  }

  @Test func neverJoinsAcrossWordsOrPunctuation() {
    let vocabulary = BytePairVocabulary(
      learningFrom: Array(repeating: "one two. one two.", count: 9), size: 400, specialTokens: specials)
    for token in vocabulary.tokens {
      #expect(!token.dropFirst().contains(UInt8(ascii: " ")))
      #expect(token.count == 1 || !token.contains(UInt8(ascii: ".")))
    }
  }

  @Test func stopsWhenNothingIsLeftToJoin() {
    let empty = BytePairVocabulary(learningFrom: [], size: 1000, specialTokens: specials)
    #expect(empty.merges.isEmpty)
    #expect(empty.size == 258)
    let word = BytePairVocabulary(learningFrom: ["abc"], size: 1000, specialTokens: specials)
    #expect(word.merges.count == 2)
  }

  @Test func overlappingPairsAreJoinedFromTheLeft() {
    let vocabulary = BytePairVocabulary(learningFrom: ["aaaaa"], size: 260, specialTokens: specials)
    #expect(vocabulary.merges.map(\.left.count) == [1, 2])
  }

  @Test func bytesAreWrittenAsInGPT2() {
    #expect(BytePairVocabulary.visible(Array(" aé\n".utf8)) == "ĠaÃ©Ċ")
    #expect(BytePairVocabulary.visible([0x00, 0x7f, 0xad, 0xff]) == "ĀġŃÿ")
  }

  @Test func theVocabularyListsEveryTokenOnceInOrder() throws {
    let vocabulary = BytePairVocabulary(
      learningFrom: World(seed: 1).documents(purpose: "test"), size: 1000, specialTokens: specials)
    let files = vocabulary.files(beginning: "<begin>", end: "<end>")
    #expect(
      files.map(\.name) == ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"])
    let tokenizer = try #require(files.first?.contents)
    let members = try #require(tokenizer["model"]?["vocab"]?.object?.members)
    #expect(members.map(\.value.int) == (0..<1000).map { $0 })
    #expect(members.prefix(2).map(\.key.text) == specials)
    #expect(tokenizer["model"]?["merges"]?.array?.count == 1000 - 258)
  }

  @Test func theSameTextGivesTheSameMergesInAnyOrderOfDocuments() {
    let documents = World(seed: 1).documents(purpose: "test")
    let one = BytePairVocabulary(learningFrom: documents, size: 600, specialTokens: specials)
    let other = BytePairVocabulary(learningFrom: documents.reversed(), size: 600, specialTokens: specials)
    #expect(one == other)
  }
}
