import Foundation
import StrictJSON
import Testing
import Tokenization

@testable import KnowledgeEditing

struct EditPromptsTests {
  private static let folder = FactTestFiles.fixtures.appending(path: "llama-tiny")
  private let tokenizer: Tokenizer

  init() throws { tokenizer = try Tokenizer(contentsOf: Self.folder.appending(path: "model")) }

  @Test func areThoseOfThePublishedRule() throws {
    let templates = try ContextTemplates.read(Self.folder.appending(path: "context-templates.json"))
    let facts = try FactFile.read(Self.folder.appending(path: "facts.json"))
    let recorded =
      try JSON.parse(Data(contentsOf: Self.folder.appending(path: "edit-prompts.json"))).array ?? []
    #expect(facts.count == recorded.count)
    for (fact, record) in zip(facts, recorded) {
      let prompts = try EditPrompts(fact, templates: templates, tokenizer: tokenizer)
      #expect(prompts.targetIDs.map { JSON($0) } == record["target"]?.array)
      #expect(prompts.rewriting.map(\.json) == record["rewriting"]?.array)
      #expect(prompts.keys.map(\.json) == record["keys"]?.array)
      #expect(prompts.essence.json == record["essence"])
      #expect(prompts.warnings.isEmpty)
    }
  }

  @Test func aRowEndsInTheTargetsFirstTokens() throws {
    let fact = try Fact(subject: "Greta Archer", prompt: "{} plays", target: "the organ of Boston")
    let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.targetIDs.count > 3)
    let row = try #require(prompts.rewriting.first)
    #expect(row.ids == prompts.keys[0].ids + prompts.targetIDs.dropLast())
    #expect(row.subjectIndex == prompts.keys[0].subjectIndex)
    #expect(
      row.ids + prompts.targetIDs.suffix(1)
        == (try tokenizer.encode("Greta Archer plays the organ of Boston").ids))
  }

  @Test func aSubjectAtTheEndIsAllowed() throws {
    let fact = try Fact(subject: "Greta", prompt: "The queen is Greta", target: "Archer")
    let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.keys[0].subjectIndex == prompts.keys[0].ids.count - 1)
  }

  @Test(arguments: ["東京タワー", "القاهرة", "👩‍👩‍👧‍👦", "Zoe\u{301}", "Ω\u{200F}β"])
  func writesAllScripts(word: String) throws {
    let fact = try Fact(subject: word, prompt: "{} is", target: word)
    let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
    #expect(try tokenizer.decode(prompts.targetIDs) == " " + word)
    let upToSubject = prompts.keys[0].ids.prefix(prompts.keys[0].subjectIndex + 1)
    #expect(try tokenizer.decode(Array(upToSubject), skippingSpecialTokens: true) == word)
    #expect(prompts.warnings.isEmpty)
  }

  /// Without a pre-tokenizer, "ab" and "c " are tokens wherever they stand.
  private static let merging = SmallTokenizer(
    vocabulary: ["a", "b", "c", " ", "ab", "c "], merges: ["a b", "c  "])

  @Test func warnsWhereTheSubjectsEndMerges() throws {
    let tokenizer = try Self.merging.read()
    let merged = try Fact(subject: "ca", prompt: "{}bb", target: "c")
    let prompts = try EditPrompts(merged, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.keys[0].ids == [2, 4, 1])
    #expect(prompts.keys[0].subjectIndex == 1)
    #expect(prompts.warnings == [.subjectMerges(subject: "ca", prompt: "cabb")])
    let apart = try Fact(subject: "cb", prompt: "{}bb", target: "c")
    #expect(try EditPrompts(apart, templates: .bare, tokenizer: tokenizer).warnings.isEmpty)
  }

  /// "ab" by itself is one token, so that the published count gives the first of "abc", which ends inside the subject.
  @Test func theSubjectsTextDecidesAndNotTheCount() throws {
    let tokenizer = try SmallTokenizer(
      vocabulary: ["a", "b", "c", " ", "bc", "ab"], merges: ["b c", "a b"]
    ).read()
    let fact = try Fact(subject: "ab", prompt: "{}c", target: "a")
    let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.keys[0] == RewritingRow(ids: [0, 4], subjectIndex: 1, contextType: 0))
    #expect(prompts.warnings == [.subjectMerges(subject: "ab", prompt: "abc")])
  }

  @Test func warnsWhereTheTargetMerges() throws {
    let tokenizer = try Self.merging.read()
    let merged = try Fact(subject: "a", prompt: "{}bc", target: "ab")
    let prompts = try EditPrompts(merged, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.targetIDs == [3, 4])
    #expect(prompts.rewriting[0].ids == [4, 2, 3])
    #expect(prompts.warnings.contains(.targetMerges(target: " ab", prompt: "abc")))
    let apart = try Fact(subject: "c", prompt: "{}b", target: "ab")
    #expect(try EditPrompts(apart, templates: .bare, tokenizer: tokenizer).warnings.isEmpty)
  }

  @Test func refusesATargetOrASubjectWithoutTokens() throws {
    let tokenizer = try SmallTokenizer(vocabulary: ["a", "b"]).read()
    let noTarget = try Fact(id: "5", subject: "a", prompt: "{}b", target: "z")
    #expect(throws: EditPromptError(id: "5", source: nil, fault: .targetHasNoToken(target: " z"))) {
      try EditPrompts(noTarget, templates: .bare, tokenizer: tokenizer)
    }
    let noSubject = try Fact(id: "6", subject: "z", prompt: "{}b", target: "a")
    let fault = EditPromptFault.subjectHasNoToken(subject: "z", prompt: "z is a")
    #expect(throws: EditPromptError(id: "6", source: nil, fault: fault)) {
      try EditPrompts(noSubject, templates: .bare, tokenizer: tokenizer)
    }
  }

  @Test func aLeadingUnknownTokenIsDropped() throws {
    let tokenizer = try SmallTokenizer(vocabulary: ["a", "b", "?"], unknown: "?").read()
    let fact = try Fact(subject: "a", prompt: "{}b", target: "b")
    #expect(try EditPrompts(fact, templates: .bare, tokenizer: tokenizer).targetIDs == [1])
  }

  @Test func specialTokensAfterATextAreLeftOut() throws {
    let tokenizer = try SmallTokenizer(vocabulary: ["a", "b", " ", "<s>", "</s>"], around: ("<s>", "</s>"))
      .read()
    let fact = try Fact(subject: "a", prompt: "{}b", target: "ab")
    let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
    #expect(prompts.targetIDs == [2, 0, 1])
    #expect(prompts.keys == [RewritingRow(ids: [3, 0, 1], subjectIndex: 1, contextType: 0)])
    #expect(prompts.rewriting == [RewritingRow(ids: [3, 0, 1, 2, 0], subjectIndex: 1, contextType: 0)])
  }

  @Test func namesTheFactThatCannotBeWritten() throws {
    let source = FactSource(file: "facts.json", record: 3, line: 41)
    let error = EditPromptError(id: "9", source: source, fault: .targetHasNoToken(target: " x"))
    #expect(error.description.hasPrefix("facts.json, record 3 (line 41): the target \" x\" has no token"))
    #expect(EditPromptError(id: "9", source: nil, fault: error.fault).description.hasPrefix("fact 9: "))
  }
}

extension RewritingRow {
  /// The row as the fixture has it.
  fileprivate var json: JSON {
    ["ids": JSON(ids.map { JSON($0) }), "subjectIndex": JSON(subjectIndex), "type": JSON(contextType)]
  }
}
