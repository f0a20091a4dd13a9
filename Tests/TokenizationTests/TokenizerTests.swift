import Foundation
import StrictJSON
import Testing
import Tokenization

@Suite struct TokenizerTests {
  @Test func specialTokensFromNeighbours() throws {
    let tokenizer = try Fixture.sentencePiece.tokenizer(neighbours: [
      "tokenizer_config.json": [
        "bos_token": "<s>", "eos_token": ["content": "</s>", "lstrip": false], "pad_token": nil,
      ],
      "special_tokens_map.json": ["unk_token": ["content": "<unk>"], "eos_token": "<s>"],
    ])
    #expect(tokenizer.bosID == 1)
    #expect(tokenizer.eosID == 2)
    #expect(tokenizer.unknownID == 0)
    #expect(tokenizer.padID == nil)
    let alone = try Fixture.sentencePiece.tokenizer()
    #expect([alone.bosID, alone.eosID, alone.unknownID, alone.padID] == [nil, nil, nil, nil])
  }

  @Test func readsTheFileItself() throws {
    let tokenizer = try Fixture.withDirectory(of: [
      "tokenizer.json": Fixture.byteLevel.json.serialized(),
      "tokenizer_config.json": Array(#"{"bos_token": "<|endoftext|>"}"#.utf8),
    ]) { try Tokenizer(contentsOf: $0.appending(path: "tokenizer.json")) }
    #expect(tokenizer.bosID == 0)
  }

  @Test func aModelWithoutTypeIsBytePair() throws {
    let tokenizer = try Fixture.byteLevel.setting("model.type", to: nil).tokenizer()
    #expect(try tokenizer.encode("the").ids == Fixture.byteLevel.tokenizer().encode("the").ids)
  }

  @Test func mergesAsStringsAndAsPairs() throws {
    let pairs = try #require(Fixture.byteLevel.json["model"]?["merges"]?.array)
    let strings = pairs.map { JSON(($0.array ?? []).compactMap(\.string).joined(separator: " ")) }
    let text = "The keeper's daughter wasn't afraid of storms"
    let ids = try Fixture.byteLevel.tokenizer().encode(text).ids
    #expect(ids.count < text.count, "something was merged")
    #expect(
      try Fixture.byteLevel.setting("model.merges", to: JSON(strings)).tokenizer().encode(text).ids == ids)
  }

  @Test func vocabularyWithGapsAndAddedTokens() throws {
    let tokenizer = try Fixture.byteLevel.setting("added_tokens", to: [["id": 5000, "content": "<x>"]])
      .tokenizer()
    #expect(tokenizer.vocabularySize == 5001)
    #expect(tokenizer.token(of: 5000) == Array("<x>".utf8))
    #expect(tokenizer.id(of: "<x>") == 5000)
    #expect(try tokenizer.encode("<x>").ids == [5000])
    #expect(tokenizer.token(of: 4999) == nil)
    #expect(tokenizer.token(of: -1) == nil)
    #expect(tokenizer.token(of: .max) == nil)
    #expect(tokenizer.id(of: "no such token") == nil)
    for id in [4999, 5001, -1, Int.max, Int.min] {
      #expect(throws: TokenizerError.unknownID(id, vocabularySize: 5001)) { try tokenizer.decode([0, id]) }
    }
  }

  @Test func tokensThatSwiftStringsHoldEqualStayApart() throws {
    let model: JSON = [
      "type": "BPE", "merges": [],
      "vocab": ["\u{E9}": 0, "e\u{301}": 1, "\u{FEFF}x": 2, "x": 3, "\u{212B}": 4, "\u{C5}": 5, "e": 6],
    ]
    let tokenizer = try Fixture.sentencePiece.setting("model", to: model).setting("normalizer", to: nil)
      .setting("added_tokens", to: nil).setting("post_processor", to: nil).tokenizer()
    #expect(tokenizer.vocabularySize == 7)
    #expect(tokenizer.id(of: "\u{E9}") == 0)
    #expect(tokenizer.id(of: "e\u{301}") == 1)
    #expect(tokenizer.id(of: "\u{FEFF}x") == 2)
    #expect(tokenizer.id(of: "x") == 3)
    #expect(try tokenizer.encode("\u{E9}\u{212B}\u{C5}x").ids == [0, 4, 5, 3])
    #expect(tokenizer.token(of: 1) == [0x65, 0xCC, 0x81])
  }

  @Test func offsetsCountScalars() throws {
    let tokenizer = try Fixture.byteLevel.tokenizer()
    let text = "a\u{1F9D1}\u{1F3FD}b e\u{301}"
    let encoding = try tokenizer.encode(text)
    let scalars = Array(text.unicodeScalars)
    #expect(encoding.offsets.first == 0..<1)
    #expect(encoding.offsets.last?.upperBound == scalars.count)
    #expect(encoding.offsets.filter { $0 == 1..<2 }.count >= 2, "the bytes of one scalar share its range")
    #expect(encoding.ids.count == encoding.offsets.count && encoding.ids.count == encoding.isSpecial.count)
  }

  @Test func specialTokensAreMarkedAndSkipped() throws {
    let tokenizer = try Fixture.sentencePiece.tokenizer()
    let encoding = try tokenizer.encode("the <s> mill")
    #expect(encoding.ids.first == 1)
    #expect(encoding.isSpecial.first == true)
    #expect(encoding.offsets.first == 0..<0)
    let inText = try #require(encoding.ids.dropFirst().firstIndex(of: 1))
    #expect(!encoding.isSpecial[inText])
    #expect(encoding.offsets[inText] == 4..<7)
    #expect(try tokenizer.decode(encoding.ids, skippingSpecialTokens: true) == "the   mill")
    #expect(try tokenizer.decode(encoding.ids) == "<s> the <s>  mill")
  }

  @Test func cleaningUpSpaces() throws {
    let config: [String: JSON] = ["tokenizer_config.json": ["clean_up_tokenization_spaces": true]]
    let spaced = "a , b . c ? d ! e ' f did n't I 'm he 's we 've you 're"
    let joined = "a, b. c? d! e'f didn't I'm he's we've you're"
    let (plain, cleaning) = (
      try Fixture.byteLevel.tokenizer(), try Fixture.byteLevel.tokenizer(neighbours: config)
    )
    let ids = try plain.encode(spaced).ids
    #expect(try plain.decode(ids) == spaced)
    #expect(try plain.decode(ids, cleaningUpSpaces: true) == joined)
    #expect(try cleaning.decode(ids) == joined)
    #expect(try cleaning.decode(ids, cleaningUpSpaces: false) == spaced)
  }

  @Test func brokenBytesDecodeToReplacementCharacters() throws {
    let byteLevel = try Fixture.byteLevel.tokenizer()
    let first = try #require(byteLevel.encode("\u{1F680}").ids.first)
    #expect(try byteLevel.decode([first]) == "\u{FFFD}")
    let fallback = try Fixture.sentencePiece.tokenizer()
    let ids = ["<0xE2>", "<0x82>"].compactMap { fallback.id(of: $0) }
    #expect(try fallback.decode(ids) == "\u{FFFD}\u{FFFD}")
    let euro = ids + [try #require(fallback.id(of: "<0xAC>"))]
    #expect(try fallback.decode(euro) == "\u{20AC}")
  }

  @Test func threadsShareATokenizer() async throws {
    let tokenizer = try Fixture.byteLevel.tokenizer()
    let texts = (0..<64).map {
      "text number \($0): the keeper's daughter, \(String(repeating: "storm ", count: $0))"
    }
    let alone = try texts.map { try tokenizer.encode($0) }
    let together = try await withThrowingTaskGroup(of: (Int, Encoding).self) { group in
      for (index, text) in texts.enumerated() { group.addTask { (index, try tokenizer.encode(text)) } }
      return try await group.reduce(into: [Int: Encoding]()) { $0[$1.0] = $1.1 }
    }
    #expect(texts.indices.allSatisfy { together[$0] == alone[$0] })
  }
}
