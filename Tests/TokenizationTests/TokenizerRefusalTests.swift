import Foundation
import StrictJSON
import Testing
import Tokenization

/// Files that must be refused by an error that names the file and the field.
@Suite struct TokenizerRefusalTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var path: String
    var value: JSON?
    var field: String
    var reason: String
    var isUnsupported = false
    var testDescription: String { "\(path): \(reason)" }
  }

  private static func unsupported(_ path: String, _ value: JSON, _ field: String, _ reason: String) -> Refusal
  {
    Refusal(path: path, value: value, field: field, reason: reason, isUnsupported: true)
  }

  private static func invalid(_ path: String, _ value: JSON?, _ field: String, _ reason: String) -> Refusal {
    Refusal(path: path, value: value, field: field, reason: reason)
  }

  static let unknownTypes = [
    unsupported("model.type", "Unigram", "model.type", "Unigram"),
    unsupported("model.type", "WordPiece", "model.type", "WordPiece"),
    unsupported("normalizer", ["type": "BertNormalizer"], "normalizer.type", "BertNormalizer"),
    unsupported(
      "normalizer", ["type": "Sequence", "normalizers": [["type": "NFC"], ["type": "Precompiled"]]],
      "normalizer.normalizers[1].type", "Precompiled"),
    unsupported("pre_tokenizer", ["type": "UnicodeScripts"], "pre_tokenizer.type", "UnicodeScripts"),
    unsupported("post_processor", ["type": "Other"], "post_processor.type", "Other"),
    unsupported("decoder", ["type": "CTC"], "decoder.type", "CTC"),
    unsupported("model.dropout", 1, "model.dropout", "dropout"),
    unsupported("model.continuing_subword_prefix", "##", "model.continuing_subword_prefix", "##"),
    unsupported("model.end_of_word_suffix", "</w>", "model.end_of_word_suffix", "</w>"),
    unsupported(
      "pre_tokenizer",
      ["type": "Split", "pattern": ["Regex": "(a+)+$"], "behavior": "Isolated", "invert": false],
      "pre_tokenizer.pattern.Regex", "(a+)+$"),
    unsupported(
      "pre_tokenizer", ["type": "Split", "pattern": ["String": "a"], "behavior": "Sideways"],
      "pre_tokenizer.behavior", "Sideways"),
    unsupported(
      "pre_tokenizer",
      ["type": "Sequence", "pretokenizers": [["type": "ByteLevel"], ["type": "Whitespace"]]],
      "pre_tokenizer.pretokenizers[1]", "after ByteLevel"),
    unsupported(
      "pre_tokenizer", ["type": "Metaspace", "replacement": "_", "prepend_scheme": "last"],
      "pre_tokenizer.prepend_scheme", "last"),
    unsupported(
      "added_tokens", [["id": 9999, "content": JSON(String(repeating: "x", count: 2000))]],
      "added_tokens[0].content", "2000"),
  ]

  static let contradictions = [
    invalid("model", nil, "model", "missing"),
    invalid("model", [1], "model", "must be an object"),
    invalid("model.vocab", nil, "model.vocab", "missing"),
    invalid("model.vocab", ["a"], "model.vocab", "must be an object"),
    invalid("model.merges", nil, "model.merges", "missing"),
    invalid("model.merges", "a b", "model.merges", "must be a list"),
    invalid("model.merges", ["a b c"], "model.merges[0]", "two tokens"),
    invalid("model.merges", [["a", "b", "c"]], "model.merges[0]", "two tokens"),
    invalid("model.merges", ["h e", ["a", 1]], "model.merges[1]", "two tokens"),
    invalid("model.merges", [" a"], "model.merges[0]", "two tokens"),
    invalid("model.merges", ["a \u{1F600}"], "model.merges[0]", "\u{1F600}"),
    invalid("model.merges", ["z q"], "model.merges[0]", "\"zq\""),
    invalid("model.vocab.a", -1, "model.vocab", "\"a\" is -1"),
    invalid("model.vocab.a", "1", "model.vocab", "\"a\" is a string"),
    invalid("model.vocab.a", 4_000_000_000, "model.vocab", "4000000000"),
    invalid("model.vocab.a", JSON(1.5), "model.vocab", "1.5"),
    invalid("model.vocab.a", 0, "model.vocab", "both have id 0"),
    invalid("model.unk_token", "<none>", "model.unk_token", "<none>"),
    invalid("normalizer", ["normalizers": []], "normalizer.type", "missing"),
    invalid("normalizer", ["type": "Sequence"], "normalizer.normalizers", "missing"),
    invalid("normalizer", ["type": "Prepend"], "normalizer.prepend", "missing"),
    invalid("normalizer", ["type": "Replace", "content": ""], "normalizer.pattern", "missing"),
    invalid(
      "normalizer", ["type": "Replace", "pattern": ["String": ""], "content": "x"],
      "normalizer.pattern.String",
      "empty"),
    invalid(
      "pre_tokenizer", ["type": "Split", "pattern": ["String": "a"]], "pre_tokenizer.behavior", "missing"),
    invalid("pre_tokenizer", ["type": "Metaspace"], "pre_tokenizer.replacement", "missing"),
    invalid(
      "pre_tokenizer", ["type": "Metaspace", "replacement": "ab"], "pre_tokenizer.replacement",
      "one character"),
    invalid(
      "pre_tokenizer",
      ["type": "Metaspace", "replacement": "_", "add_prefix_space": false, "prepend_scheme": "first"],
      "pre_tokenizer.prepend_scheme", "contradicts"),
    invalid(
      "post_processor", ["type": "RobertaProcessing", "cls": ["<s>", 0]], "post_processor.sep", "missing"),
    invalid(
      "post_processor", ["type": "BertProcessing", "sep": ["</s>", 2]], "post_processor.cls", "missing"),
    invalid(
      "post_processor", ["type": "BertProcessing", "sep": ["</s>"], "cls": ["<s>", 0]], "post_processor.sep",
      "its id"),
    invalid(
      "post_processor", ["type": "TemplateProcessing", "single": []], "post_processor.special_tokens",
      "missing"),
    invalid(
      "post_processor",
      ["type": "TemplateProcessing", "single": [["SpecialToken": ["id": "<s>"]]], "special_tokens": [:]],
      "post_processor.special_tokens.<s>", "missing"),
    invalid(
      "post_processor",
      [
        "type": "TemplateProcessing", "single": [["SpecialToken": ["id": "<s>"]]],
        "special_tokens": ["<s>": ["ids": [123456]]],
      ], "post_processor", "123456"),
    invalid("decoder", ["type": "Strip", "content": " ", "start": -1, "stop": 0], "decoder.start", "-1"),
    invalid("added_tokens", [["id": 1]], "added_tokens[0].content", "missing"),
    invalid("added_tokens", [["content": "<x>"]], "added_tokens[0].id", "missing"),
    invalid("added_tokens", [["content": "", "id": 9999]], "added_tokens[0].content", "empty"),
    invalid("added_tokens", [["content": "<x>", "id": -5]], "added_tokens[0].id", "-5"),
    invalid(
      "added_tokens", [["content": "<x>", "id": 99_999_999_999]], "added_tokens[0].id", "out of range"),
    invalid("added_tokens", [["content": "<x>", "id": 900_000_000]], "added_tokens[0]", "900000000"),
    invalid("added_tokens", [["content": "a", "id": 9999]], "added_tokens[0]", "model.vocab"),
    invalid("added_tokens", [["content": "<x>", "id": 5]], "added_tokens[0]", "model.vocab"),
    invalid(
      "added_tokens", [["content": "<x>", "id": 9998], ["content": "<y>", "id": 9998]], "added_tokens[1]",
      "same id"),
    invalid(
      "added_tokens", [["content": "<x>", "id": 9998, "special": 1]], "added_tokens[0].special",
      "true or false"),
  ]

  @Test(arguments: unknownTypes + contradictions) func refused(_ refusal: Refusal) throws {
    let error = try #require(throws: TokenizerError.self) {
      try Fixture.byteLevel.setting(refusal.path, to: refusal.value).tokenizer()
    }
    switch error {
    case .invalid(let file, let field, let reason) where !refusal.isUnsupported,
      .unsupported(let file, let field, let reason) where refusal.isUnsupported:
      #expect(file.hasSuffix("tokenizer.json"))
      #expect(field == refusal.field)
      #expect(reason.contains(refusal.reason))
      #expect("\(error)".contains("tokenizer.json: \(refusal.field): "))
    default: Issue.record("\(error)")
    }
  }

  @Test func notATokenizer() throws {
    let files: [(bytes: [UInt8], reason: String)] = [
      (Array("[]".utf8), "an array"), (Array("{".utf8), "the document ends"), ([], "the document ends"),
      (Array(#"{"model": {"vocab": {"a": 0, "a": 1}}}"#.utf8), "\"a\" twice"),
      (Array(#"{"model": "\ud800"}"#.utf8), "surrogate"), (Array(#"{"a": NaN}"#.utf8), "'N'"),
      ([0x7B, 0x22, 0xFF, 0x22, 0x7D], "UTF-8"), (Array(repeating: 0x5B, count: 100_000), "nested deeper"),
    ]
    for (bytes, reason) in files {
      let error = try #require(throws: TokenizerError.self) {
        try Fixture.withDirectory(of: ["tokenizer.json": bytes]) { try Tokenizer(contentsOf: $0) }
      }
      #expect("\(error)".contains("tokenizer.json"))
      #expect("\(error)".contains(reason))
    }
  }

  @Test func noFile() throws {
    let error = try #require(throws: TokenizerError.self) {
      try Fixture.withDirectory(of: [:]) { try Tokenizer(contentsOf: $0) }
    }
    guard case .unreadable(let file, _) = error else { throw error }
    #expect(file.hasSuffix("tokenizer.json"))
    #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: URL(filePath: "/nowhere/at/all")) }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = Fixture.byteLevel.json.serialized()
    try Fixture.withDirectory(of: [:]) { directory in
      let file = directory.appending(path: "tokenizer.json")
      for length in stride(from: 0, to: bytes.count, by: 97) {
        try Data(bytes[..<length]).write(to: file)
        #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: file) }
      }
    }
  }

  @Test func brokenNeighbour() throws {
    let error = try #require(throws: TokenizerError.self) {
      try Fixture.byteLevel.tokenizer(neighbours: ["tokenizer_config.json": ["bos_token": ["id": 1]]])
    }
    #expect("\(error)".contains("tokenizer_config.json: bos_token.content: is missing"))
  }
}
