import Foundation
import Testing

@testable import KnowledgeEditing

struct CounterFactRecordTests {
  private func records(_ text: String, limit: Int? = nil) throws -> [CounterFactRecord] {
    try FactFile.records(Array(text.utf8), file: "f", limit: limit)
  }

  private static let record = #"""
    {"case_id": 3, "requested_rewrite": {"prompt": "{} is in", "subject": "Lyon", "target_new": {"str": "Spain"},
     "target_true": {"str": "France"}}, "paraphrase_prompts": ["Lyon lies in"], "neighborhood_prompts": ["Nice is in"],
     "attribute_prompts": ["Madrid is in"], "generation_prompts": ["In Lyon", "Lyon"], "more": null}
    """#

  @Test func readsTheEvaluationLayout() throws {
    let record = try #require(try records("[\(Self.record)]").first)
    #expect(record.fact.id == "3")
    #expect(record.fact.target == " Spain")
    #expect(record.targetTrue == " France")
    #expect(record.paraphrasePrompts == ["Lyon lies in"])
    #expect(record.neighborhoodPrompts == ["Nice is in"])
    #expect(record.attributePrompts == ["Madrid is in"])
    #expect(record.generationPrompts == ["In Lyon", "Lyon"])
  }

  @Test func keepsRepetitionsAndContradictions() throws {
    let other = Self.record.replacing("Spain", with: "Italy")
    let read = try records("[\(Self.record), \(Self.record), \(other)]")
    #expect(read.map(\.fact.target) == [" Spain", " Spain", " Italy"])
  }

  @Test(arguments: [(0, 0), (2, 2), (9, 3), (-1, 0)]) func takesAsManyAsAsked(limit: Int, count: Int) throws {
    let text = "[\(Self.record), \(Self.record), \(Self.record)]"
    #expect(try records(text, limit: limit).count == count)
    let lines = Array(repeating: Self.record.replacing("\n", with: " "), count: 3).joined(separator: "\n")
    #expect(try records(lines, limit: limit).count == count)
  }

  @Test func recordsAfterTheLimitAreNotLookedAt() throws {
    #expect(try records("[\(Self.record), {}]", limit: 1).count == 1)
    #expect(throws: FactError.self) { try records("[\(Self.record), {}]") }
  }

  @Test func readsEasyEditsLayout() throws {
    let text = #"""
      {"case_id": 3, "prompt": "Lyon is in", "subject": "Lyon", "target_new": "Spain", "ground_truth": "France",
       "rephrase_prompt": "Lyon lies in", "locality_prompt": "Nice is in", "locality_ground_truth": "France"}
      """#
    let record = try #require(try records("[\(text)]").first)
    #expect(record.fact.prompt == "{} is in")
    #expect(record.paraphrasePrompts == ["Lyon lies in"])
    #expect(record.neighborhoodPrompts == ["Nice is in"])
    let other = text.replacing(#"ground_truth": "France"}"#, with: #"ground_truth": "Italy"}"#)
    let error = #expect(throws: FactError.self) { try records("[\(other)]") }
    #expect(
      error?.problems.map(\.fault) == [.otherLocalityAnswer(answer: "Italy", targetTrue: " France")])
  }

  @Test func refusesRecordsThatCannotBeMeasured() {
    let flat =
      #"[{"prompt": "{} is in", "subject": "Lyon", "target_new": "Spain", "paraphrase_prompts": "x"}]"#
    let error = #expect(throws: FactError.self) { try records(flat) }
    #expect(error?.problems.map(\.fault) == [.missing(key: "target_true (or ground_truth)")])
    let wrong = Self.record.replacing(#"["Nice is in"]"#, with: #"[{"prompt": "Nice is in"}]"#)
    #expect(throws: FactError.self) { try records("[\(wrong)]") }
  }

  @Test func readsTheFixture() throws {
    let url = FactTestFiles.fixtures.appending(path: "llama-tiny/facts.json")
    let read = try FactFile.records(url)
    #expect(read.count == 24)
    #expect(read.allSatisfy { $0.paraphrasePrompts.count == 2 && $0.neighborhoodPrompts.count == 10 })
    #expect(try FactFile.read(url) == read.map(\.fact))
  }
}
