import Foundation
import Testing
import Tokenization
import TestSupport

@testable import KnowledgeEditing

/// The prompts of CounterFact by the tokenizers of real models, against the published rule written out: the target's
/// first tokens are decoded, and the text is tokenised again. Skipped where the public data is not beside the package.
@Suite(.enabled(if: SharedFolder.has("data"), "needs ../shared/data, or ALPHAEDIT_SHARED"))
struct PublishedPromptsTests {
  private static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: SharedFolder.url.appending(path: "data/tokenizers/\(name)"))
  }

  private static func facts(_ count: Int) throws -> [Fact] {
    let url = SharedFolder.url.appending(path: "data/counterfact/counterfact-2000.json")
    return try FactFile.records(url, limit: count).map(\.fact)
  }

  private func published(
    _ fact: Fact, _ templates: ContextTemplates, _ tokenizer: Tokenizer
  ) throws -> (target: [Int], rewriting: [RewritingRow]) {
    let whole = try tokenizer.encode(fact.target)
    let target = zip(whole.ids, whole.isSpecial).filter { !$1 }.map { $0.0 }
    let start = try tokenizer.decode(Array(target.dropLast()), cleaningUpSpaces: true)
    var rows: [RewritingRow] = []
    for (type, contexts) in templates.types.enumerated() {
      for context in contexts {
        let prefix = context.prefix + fact.template.prefix + fact.subject
        let index = try tokenizer.encode(prefix).ids.count - 1
        let ids = try tokenizer.encode(prefix + fact.template.suffix + context.suffix + start).ids
        rows.append(RewritingRow(ids: ids, subjectIndex: index, contextType: type))
      }
    }
    return (target, rows)
  }

  @Test(arguments: [("gpt2", ""), ("llama3", "<|begin_of_text|>"), ("pythia", "")])
  func equalThePublishedRule(name: String, start: String) throws {
    let tokenizer = try Self.tokenizer(name)
    let templates = ContextTemplates(
      generated: ["The first thing", "Therefore, he", "I'm not a"].map { start + $0 })
    for fact in try Self.facts(300) {
      let prompts = try EditPrompts(fact, templates: templates, tokenizer: tokenizer)
      let published = try published(fact, templates, tokenizer)
      #expect(prompts.targetIDs == published.target)
      #expect(prompts.rewriting == published.rewriting)
    }
  }

  /// SentencePiece puts a space before every text, so a target by itself, or its first tokens decoded, are not the
  /// tokens that follow a prompt. Ours are.
  @Test func targetsFollowTheirPrompts() throws {
    let tokenizer = try Self.tokenizer("llama2")
    for fact in try Self.facts(300) {
      let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
      let row = try #require(prompts.rewriting.first)
      let whole = try tokenizer.encode(fact.filledPrompt + fact.target).ids
      #expect(row.ids + prompts.targetIDs.suffix(1) == whole)
      #expect(row.ids.suffix(prompts.targetIDs.count - 1) == prompts.targetIDs.dropLast())
      #expect(prompts.warnings.isEmpty)
    }
  }

  /// This vocabulary has tokens that end in a space, so that most prompts end in another token when something follows.
  @Test func targetsThatMergeReadAsWritten() throws {
    let tokenizer = try Self.tokenizer("tinystories-656k")
    var mergeCount = 0
    for fact in try Self.facts(300) {
      let prompts = try EditPrompts(fact, templates: .bare, tokenizer: tokenizer)
      let ids = prompts.keys[0].ids + prompts.targetIDs
      let prompt = try tokenizer.decode(prompts.keys[0].ids, skippingSpecialTokens: true)
      #expect(try tokenizer.decode(ids, skippingSpecialTokens: true) == prompt + fact.target)
      #expect(prompts.rewriting[0].ids == ids.dropLast())
      let merge = EditPromptWarning.targetMerges(target: fact.target, prompt: fact.filledPrompt)
      mergeCount += prompts.warnings.contains(merge) ? 1 : 0
    }
    #expect(mergeCount > 100)
  }
}
