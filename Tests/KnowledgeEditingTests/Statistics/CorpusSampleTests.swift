import Checkpoints
import Foundation
import Testing
import Tokenization
import TestSupport

@testable import KnowledgeEditing

struct CorpusSampleTests {
  private let folder: TemporaryDirectory
  private let tokenizer: Tokenizer

  init() throws {
    folder = try TemporaryDirectory()
    tokenizer = try Tokenizer(contentsOf: Package.llamaTiny.appendingPathComponent("model"))
  }

  /// A corpus of `count` documents that say their numbers.
  private func corpus(_ count: Int) throws -> Corpus {
    let lines = (0..<count).map { "{\"text\": \"Document \($0)\"}\n" }
    return try Corpus(files: [folder.write("corpus.jsonl", lines.joined())])
  }

  private func texts(_ sample: TokenizedSample) throws -> [[String]] {
    try sample.groups.map { group in
      try group.map { try tokenizer.decode(sample.tokens(of: $0), skippingSpecialTokens: true) }
    }
  }

  @Test func `documents come in Python's order, in groups of a hundred`() throws {
    let sample = try CorpusSample(corpus(1_000), sampleSize: 250)
    #expect(sample.documentCount == 1_000)
    let texts = try texts(sample.tokenized(by: tokenizer, maximumTokens: 100))
    #expect(texts.map(\.count) == [100, 100, 50])
    let expected = [852, 836, 280, 575, 208, 609, 932, 725].map { "Document \($0)" }
    #expect(Array(texts[0].prefix(8)) == expected)
  }

  @Test func `a document knows its line`() throws {
    let file = try folder.write("corpus.txt", "\n\nfirst\nstill first\n\n\nsecond\n")
    let sample = try CorpusSample(Corpus(files: [file]), sampleSize: nil)
      .tokenized(by: tokenizer, maximumTokens: 100)
    #expect(sample.groups.flatMap { $0 }.map { [$0.number, $0.line] } == [[1, 7], [0, 3]])
  }

  @Test func `more samples than documents are all documents`() throws {
    let corpus = try corpus(3)
    #expect(try CorpusSample(corpus, sampleSize: 500).order == [1, 2, 0])
    #expect(try CorpusSample(corpus, sampleSize: nil).order == [1, 2, 0])
  }

  @Test func `shards share out the groups`() throws {
    let sample = try CorpusSample(corpus(730), sampleSize: nil)
    let whole = try texts(sample.tokenized(by: tokenizer, maximumTokens: 100))
    for count in [1, 3, 8, 9] {
      var found = Array(repeating: [String](), count: whole.count)
      for index in 1...count {
        let shard = try #require(CorpusShard(index: index, count: count))
        let part = try texts(sample.tokenized(by: tokenizer, maximumTokens: 100, shard: shard))
        for (position, group) in part.enumerated() { found[index - 1 + position * count] = group }
      }
      #expect(found == whole)
    }
  }

  @Test func `documents begin with the special token and are cut`() throws {
    let file = try folder.write(
      "a.jsonl", "{\"text\": \"The weather was mild that year.\"}\n{\"text\": \"\"}\n")
    let sample = try CorpusSample(Corpus(files: [file]), sampleSize: nil)
    let full = try tokenizer.encode("The weather was mild that year.").ids
    #expect(full.count > 4)
    #expect(full[0] == tokenizer.bosID)
    let cut = try sample.tokenized(by: tokenizer, maximumTokens: 4)
    let documents = cut.groups[0].sorted { $0.number < $1.number }
    #expect(cut.tokens(of: documents[0]) == Array(full.prefix(4)))
    // As in the published implementation, an empty document counts its special token.
    #expect(cut.tokens(of: documents[1]) == [full[0]])
    #expect(cut.tokenCount == 5)
  }

  @Test(arguments: [0, -3])
  func `sample sizes below one are refused`(size: Int) throws {
    #expect(throws: StatisticsError.invalidSetting("\(size) samples were asked for; it must be 1 or more.")) {
      try CorpusSample(corpus(2), sampleSize: size)
    }
  }

  @Test(arguments: ["2/8", "1/1", "8/8"])
  func `shards are read`(text: String) { #expect(CorpusShard(text)?.description == text) }

  @Test(arguments: [
    "", "1", "0/8", "9/8", "-1/8", "1/0", "a/b", "1/2/3", "1/99999999999999999999", "1/200000",
  ])
  func `nonsense is no shard`(text: String) { #expect(CorpusShard(text) == nil) }
}

struct TokenLimitTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func configuration(_ text: String) throws -> ConfigurationFile {
    try ConfigurationFile(contentsOf: folder.write("config.json", text))
  }

  @Test(arguments: [
    (#"{"model_type": "gpt2", "n_positions": 1024, "max_position_embeddings": 9}"#, 1_024, 1_024),
    (#"{"model_type": "llama", "max_position_embeddings": 131072}"#, 1_024, 131_072),
    (#"{"model_type": "llama", "max_position_embeddings": 256}"#, 256, 256),
    (#"{"model_type": "mistral", "max_position_embeddings": 32768, "sliding_window": 4095}"#, 1_024, 4_095),
    (#"{"model_type": "mistral", "max_position_embeddings": 32768, "sliding_window": null}"#, 1_024, 4_096),
    (#"{"model_type": "qwen2", "max_position_embeddings": 32768}"#, 1_024, 4_096),
  ])
  func `limits follow the model`(text: String, standard: Int, published: Int) throws {
    let configuration = try configuration(text)
    #expect(try TokenLimit.standard.resolved(for: configuration) == standard)
    #expect(try TokenLimit.published.resolved(for: configuration) == published)
  }

  @Test func `no tokens are no limit`() throws {
    let configuration = try configuration(#"{"model_type": "gpt2", "n_positions": 8}"#)
    #expect(throws: StatisticsError.self) { try TokenLimit.tokens(0).resolved(for: configuration) }
  }
}
