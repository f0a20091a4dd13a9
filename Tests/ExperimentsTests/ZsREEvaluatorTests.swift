import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import Tokenization
import Torch
import TestSupport

@testable import Experiments

/// zsRE records and the accuracy of their answers' tokens.
struct ZsREEvaluatorTests {
  private static let file = SharedFolder.file("data/zsre/zsre-mend-1000.json")
  private static let hasRecorded =
    Fixtures.hasRecorded && FileManager.default.fileExists(atPath: file.path)

  @Test(
    .enabled(if: hasRecorded, "needs the recorded answers and zsRE in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny", "llama-tiny"])
  func `as published, metrics are exactly the recorded ones`(name: String) throws {
    let small = try SmallModel(Fixtures.recorded(name))
    let text = try Data(contentsOf: Fixtures.recorded(name).appendingPathComponent("zsre.metrics.json"))
    let recorded = try #require(try JSON.parse(text).array)
    let records = try ZsRERecord.read(Self.file, limit: recorded.count)
    let metrics = try ZsREEvaluator(records, tokenizer: small.tokenizer, asPublished: true).measure(
      small.model)
    try #require(metrics.count == 40 && recorded.count == 40)
    for ((ours, record), theirs) in zip(zip(metrics, records), recorded) {
      #expect(ours.json == theirs["post"], "case \(record.fact.id)")
      #expect(theirs["case_id"]?.int.map(String.init) == record.fact.id)
      #expect(JSON.object(record.requestedRewrite) == theirs["requested_rewrite"])
      #expect(JSON(record.paraphrasePrompts.map { JSON($0) }) == theirs["paraphrase_prompts"])
      let steps = try PublishedZsRE(small.tokenizer).locality(record.localityQuestion, record.localityAnswer)
      #expect(
        JSON(steps.map { ["prompt": JSON($0.prompt), "target": JSON($0.target)] })
          == theirs["neighborhood_prompts"])
    }
  }

  @Test(.enabled(if: hasRecorded, "needs zsRE in ../shared"))
  func `all questions of the real file hold their subject once`() throws {
    let records = try ZsRERecord.read(Self.file)
    #expect(records.count == 1000)
    #expect(records[0].fact.prompt == "What is the product made by {}?")
    #expect(records[0].fact.target == " uniform")
    #expect(records[0].localityAnswer == " Walter Sobchak")
  }

  private func records(_ text: String) throws -> [ZsRERecord] {
    let directory = try TemporaryDirectory()
    let file = directory.url.appendingPathComponent("zsre.json")
    try Data(text.utf8).write(to: file)
    return try ZsRERecord.read(file)
  }

  private func record(
    subject: String = "Greta Archer", question: String = "Which sport does Greta Archer play?",
    answer: String = "xylophones"
  ) -> String {
    """
    {"subject": "\(subject)", "src": "\(question)", "pred": "", "rephrase": "What does Greta Archer play?", \
    "alt": "tennis", "answers": ["\(answer)", "other"], "loc": "nq question: who plays the zither", \
    "loc_ans": "Hugo Becker", "cond": ""}
    """
  }

  /// Behind the prompt, whatever stands before every text is the prompt's, and no space is doubled.
  @Test func `an answer's tokens are those that follow the prompt's`() throws {
    let small = try SmallModel()
    let records = try records("[\(record())]")
    let metrics = try ZsREEvaluator(records, tokenizer: small.tokenizer).measure(small.model)[0]
    let groups = [
      (records[0].fact.filledPrompt, " xylophones", metrics.rewrite),
      ("What does Greta Archer play?", " xylophones", metrics.paraphrase),
      ("nq question: who plays the zither?", " Hugo Becker", metrics.neighborhood),
    ]
    for (prompt, answer, correct) in groups {
      let ids = try small.tokenizer.encode(prompt + answer).ids
      let count = try small.tokenizer.encode(answer, addingSpecialTokens: false).ids.count
      let mostLikely = try small.model.logits(PackedTokens([ids])).argmax(1).array(Int.self)
      let expected = (ids.count - count..<ids.count).map { mostLikely[$0 - 1] == ids[$0] }
      #expect(count > 1)
      #expect(correct == expected)
    }
    #expect(metrics.neighborhoodTokens.count == metrics.neighborhood.count)
  }

  /// With a tokenizer that begins every text, the published locality has an item that expects BOS.
  @Test func `as published, the locality of a Llama has one item more`() throws {
    let small = try SmallModel()
    let records = try records("[\(record())]")
    func measure(_ asPublished: Bool) throws -> ZsREMetrics {
      try ZsREEvaluator(records, tokenizer: small.tokenizer, asPublished: asPublished).measure(small.model)[0]
    }
    let (ours, published) = (try measure(false), try measure(true))
    #expect(published.neighborhood.count == ours.neighborhood.count + 1)
    #expect(published.rewrite.count == ours.rewrite.count)
    let target = try PublishedZsRE(small.tokenizer).target("Q?", " xylophones")
    #expect(target[0].prompt == "Q?")
    #expect(target.dropFirst().allSatisfy { $0.prompt.hasPrefix("Q?  ") })
  }

  @Test func `agreement compares most likely tokens, whatever the gold answer`() {
    func metrics(_ tokens: [Int]) -> ZsREMetrics {
      ZsREMetrics(rewrite: [], paraphrase: [], neighborhood: [false, false], neighborhoodTokens: tokens)
    }
    #expect(metrics([3, 4]).agreement(with: metrics([3, 4])) == 1)
    #expect(metrics([3, 4]).agreement(with: metrics([3, 5])) == 0.5)
    #expect(metrics([3, 4]).agreement(with: metrics([3])) == nil)
    #expect(metrics([3, 4]).neighborhoodAccuracy == 0)
    #expect(metrics([3, 4]).rewriteAccuracy == nil)
  }

  @Test func `the first of several occurrences of the subject counts`() throws {
    let records = try records("[\(record(question: "Is Greta Archer, born Greta Archer, a {player}?"))]")
    #expect(records[0].fact.prompt == "Is {}, born Greta Archer, a {{player}}?")
    #expect(records[0].fact.filledPrompt == "Is Greta Archer, born Greta Archer, a {player}?")
  }

  @Test func `a question without its subject is refused with its place`() throws {
    let error = #expect(throws: FactError.self) {
      try records("[\(record()),\n\(record(question: "Which sport does Hugo play?"))]")
    }
    #expect(error?.problems.map(\.record) == [2])
    #expect(error?.problems.map(\.line) == [2])
    guard case .subjectNotInPrompt = error?.problems.first?.fault else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `what is missing is named`() throws {
    let error = #expect(throws: FactError.self) { try records(#"[{"subject": "a", "src": "Is a?"}]"#) }
    #expect(error?.problems.first?.fault == .missing(key: "answers"))
    #expect(throws: FactError.self) { try records(#"[{"subject": "a", "src": "a?", "answers": []}]"#) }
  }

  @Test func `a question beyond the model's reach is named`() throws {
    let small = try SmallModel()
    let long = Array(repeating: "sport", count: small.model.maximumPositions).joined(separator: " ")
    let records = try records("[\(record(question: "\(long) Greta Archer?"))]")
    let evaluator = try ZsREEvaluator(records, tokenizer: small.tokenizer)
    #expect(throws: EvaluationError.self) { try evaluator.measure(small.model) }
  }
}
