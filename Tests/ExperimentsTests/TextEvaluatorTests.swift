import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import Tokenization
import TestSupport

@testable import Experiments

/// Text that a model writes, and what it is compared with.
struct TextEvaluatorTests {
  private static let texts = [
    "The cat sat on the mat, a cat.", "Dogs and cats aren't mice; dogs_2 bark!",
    "Élan vital über ALLES: the élan of 42 cats", "x y z",
  ]

  /// Values of scikit-learn 1.9's `TfidfVectorizer`.
  @Test func `cosines are scikit-learn's`() throws {
    let weights = TermWeights(fittedTo: Self.texts)
    let (a, b) = (
      weights.vector(of: "the cat and the élan of dogs"), weights.vector(of: "Dogs sat on 42 cats, the cat")
    )
    #expect(abs(try #require(TermWeights.cosine(a, b)) - 0.47438723125205573) < 1e-12)
    #expect(
      zip(a.values.sorted(), [0.36548061, 0.36548061, 0.36548061, 0.36548061, 0.36548061, 0.57629822])
        .allSatisfy { abs($0 - $1) < 1e-8 })
    #expect(TermWeights.cosine(a, weights.vector(of: "nothing known")) == nil)
    #expect(weights.vector(of: "x y z").isEmpty)
    #expect(TermWeights.terms(of: "Ab c d_ é9 ß, e\u{301}f").map(\.text) == ["ab", "d_", "é9"])
  }

  @Test func `weights come from the published files`() throws {
    let directory = try TemporaryDirectory()
    let (idf, vocabulary) = (
      directory.url.appendingPathComponent("idf.npy"),
      directory.url.appendingPathComponent("tfidf_vocab.json")
    )
    // A version 1.0 array file of three float64 numbers.
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var bytes =
      Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0]) + Data(header.utf8)
    for value in [1.0, 2.0, 3.0] { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Data($0) } }
    try bytes.write(to: idf)
    try Data(#"{"cat": 2, "dog": 0, "the": 1}"#.utf8).write(to: vocabulary)
    let weights = try TermWeights(vocabulary: vocabulary, idf: idf)
    let length = (2.0 * 2 + 3 * 3).squareRoot()
    #expect(weights.vector(of: "The cat") == [1: 2 / length, 2: 3 / length])
    for text in [#"{"cat": 3}"#, #"{"cat": -1}"#, #"{"cat": "0"}"#, "[]", "{"] {
      try Data(text.utf8).write(to: vocabulary)
      #expect(throws: EvaluationError.self) { try TermWeights(vocabulary: vocabulary, idf: idf) }
    }
  }

  private func records(prompts: Int = 2) throws -> [CounterFactRecord] {
    let lists = (0..<prompts).map { #""Greta Archer began to play \#($0)""# }.joined(separator: ", ")
    let text = (0..<3).map { index in
      """
      {"case_id": \(index), "requested_rewrite": {"prompt": "{} plays the sport of", "subject": "Greta Archer", \
      "relation_id": "P1", "target_new": {"str": "home", "id": "Q1"}, "target_true": {"str": "city", "id": "Q2"}}, \
      "generation_prompts": [\(lists)]}
      """
    }
    return try FactFile.records(Array("[\(text.joined(separator: ","))]".utf8), file: "records.json")
  }

  private var snippets: AttributeSnippets {
    var snippets = AttributeSnippets()
    snippets.insert(
      [
        .init(name: "Greta Archer", text: "Greta Archer was born in the home town of sport."),
        .init(name: "Hugo", text: "Hugo plays."),
      ],
      relation: "P1", target: "Q1")
    return snippets
  }

  private func evaluator(
    _ small: SmallModel, _ records: [CounterFactRecord], asPublished: Bool = false
  ) throws -> TextEvaluator {
    try TextEvaluator(
      records, snippets: snippets, weights: TermWeights(fittedTo: snippets.texts), tokenizer: small.tokenizer,
      seed: 5,
      asPublished: asPublished)
  }

  @Test func `texts have a hundred tokens and depend on seed and record alone`() throws {
    let small = try SmallModel()
    let records = try records()
    let metrics = try evaluator(small, records).measure(small.model)
    #expect(metrics.count == 3)
    for metric in metrics {
      #expect(metric.texts.count == 2)
      #expect(metric.texts.allSatisfy { $0.hasPrefix("Greta Archer began to play") })
      #expect(!metric.texts.contains { $0.contains("begin_of_text") })
      #expect(try #require(metric.ngramEntropy) > 0)
    }
    #expect(metrics[0].texts != metrics[1].texts)
    let alone = try evaluator(small, [records[2]]).measure(small.model, memory: 1)[0]
    #expect(alone.texts == metrics[2].texts)
    #expect(alone.ngramEntropy == metrics[2].ngramEntropy)
    let published = try evaluator(small, records, asPublished: true).measure(small.model)
    #expect(published[0].texts.allSatisfy { $0.hasPrefix("<|begin_of_text|>Greta Archer") })
    let ids = try small.tokenizer.encode(published[0].texts[0], addingSpecialTokens: false).ids
    #expect((90...100).contains(ids.count))
  }

  @Test func `perplexity of texts about the subject, divided by what is predicted`() throws {
    let small = try SmallModel()
    let records = [try records()[0]]
    let ours = try evaluator(small, records).measure(small.model)[0]
    let published = try evaluator(small, records, asPublished: true).measure(small.model)[0]
    #expect(ours.essenceTexts == ["Greta Archer was born in the home town of sport."])
    let ids = try small.tokenizer.encode(ours.essenceTexts[0]).ids
    let sum = try small.model.scores(of: [ids])[0].logProbabilities.reduce(0, +)
    #expect(abs(try #require(ours.essenceScore) - exp(-sum / Double(ids.count - 1))) < 1e-6)
    #expect(abs(try #require(published.essenceScore) - exp(-sum / Double(ids.count))) < 1e-6)
    let json = ours.json
    for key in ["ngram_entropy", "text", "essence_score", "essence_text"] { #expect(json[key] != nil) }
  }

  @Test func `a record without reference texts is named`() throws {
    let small = try SmallModel()
    let error = #expect(throws: EvaluationError.self) {
      try TextEvaluator(
        records(), snippets: AttributeSnippets(), weights: TermWeights(fittedTo: []),
        tokenizer: small.tokenizer)
    }
    #expect(
      error == .missingSnippets(place: "records.json, record 1 (line 1)", relation: "P1", target: "Q1"))
  }

  @Test func `a record without generation prompts has no values`() throws {
    let small = try SmallModel()
    let metrics = try TextEvaluator(
      records(prompts: 0), snippets: AttributeSnippets(), weights: TermWeights(fittedTo: []),
      tokenizer: small.tokenizer
    ).measure(small.model)
    #expect(metrics.map(\.json) == Array(repeating: ["text": []], count: 3))
  }

  @Test func `snippets are read by relation and target`() throws {
    let directory = try TemporaryDirectory()
    let file = directory.url.appendingPathComponent("attribute_snippets.json")
    let text = """
      [{"relation_id": "P1", "target_id": "Q1", "samples": [{"name": "a", "text": "b", "other": 1}]},
       {"relation_id": "P1", "target_id": "Q1", "samples": [{"name": "c", "text": "d"}]}]
      """
    try Data(text.utf8).write(to: file)
    let snippets = try AttributeSnippets(contentsOf: file)
    #expect(snippets[relation: "P1", target: "Q1"].map(\.name) == ["a", "c"])
    #expect(snippets[relation: "P1", target: "Q2"].isEmpty)
    #expect(snippets.texts == ["b", "d"])
    try Data(text.replacing(#""text": "d""#, with: #""text": 1"#).utf8).write(to: file)
    let error = #expect(throws: FactError.self) { try AttributeSnippets(contentsOf: file) }
    #expect(error?.problems.map(\.line) == [2])
  }
}
