import Foundation
import Testing
import Tokenization

@testable import KnowledgeEditing

struct SubjectPositionTests {
  private let tokenizer: Tokenizer

  init() throws {
    tokenizer = try Tokenizer(contentsOf: FactTestFiles.fixtures.appending(path: "llama-tiny/model"))
  }

  private func prompts(
    _ strategy: SubjectPosition.Strategy, prompt: String = "The mother tongue of {} is"
  ) throws -> EditPrompts {
    let fact = try Fact(subject: "Greta Archer", prompt: prompt, target: "not a word it knows")
    return try EditPrompts(
      fact, templates: ContextTemplates(generated: ["The day"]), tokenizer: tokenizer, strategy: strategy)
  }

  private func text(_ ids: some Collection<Int>) throws -> String {
    try tokenizer.decode(Array(ids), skippingSpecialTokens: true)
  }

  @Test func subjectLastEndsWithTheSubject() throws {
    for row in try prompts(.subjectLast).rewriting {
      #expect(try text(row.ids[...row.subjectIndex]).hasSuffix("The mother tongue of Greta Archer"))
    }
  }

  @Test func subjectFirstBeginsWithTheSubject() throws {
    for row in try prompts(.subjectFirst).rewriting {
      #expect(try text(row.ids[..<row.subjectIndex]).hasSuffix("The mother tongue of"))
    }
    let atStart = try prompts(.subjectFirst, prompt: "{} is")
    #expect(atStart.keys[0].subjectIndex == 1, "0 is the token that begins a text")
  }

  @Test func theTokenAfterTheSubject() throws {
    for row in try prompts(.subjectFirstAfterLast).rewriting {
      #expect(try text(row.ids[..<row.subjectIndex]).hasSuffix("Greta Archer"))
    }
    let atEnd = try prompts(.subjectFirstAfterLast, prompt: "She is {}")
    #expect(atEnd.keys[0].subjectIndex == atEnd.keys[0].ids.count - 1)
    // A target of several tokens puts its first ones after the subject.
    #expect(atEnd.rewriting[0].subjectIndex == atEnd.keys[0].ids.count)
  }

  @Test func lastIsThePromptsLast() throws {
    let prompts = try prompts(.last)
    for (row, key) in zip(prompts.rewriting, prompts.keys) {
      #expect(key.subjectIndex == key.ids.count - 1)
      #expect(row.subjectIndex == key.subjectIndex)
    }
  }

  @Test func namesAreThePublishedOnes() {
    #expect(
      SubjectPosition.Strategy.allCases.map(\.rawValue)
        == ["subject_last", "subject_first_after_last", "subject_first", "last"])
  }
}
