import KnowledgeEditing
import LanguageModels
import Testing
import Tokenization
import TestSupport

@testable import Experiments

/// Whether a model says a target by itself.
struct FreeGenerationTests {
  @Test(arguments: [
    (" Paris, which", true), ("Paris", true), (" Paris", true), ("\n Paris is", true), (" Paris's", true),
    (" Parisian", false), (" Paris2", false), (" paris", false), (" Lyon", false), ("", false),
    (" Par", false),
    (" in Paris", false),
  ])
  func `a finished text says the target at its beginning or not at all`(text: String, says: Bool) {
    #expect(FreeContinuation.says(" Paris", text, isEnd: true) == says)
  }

  @Test(
    arguments: [
      ("", nil), (" Par", nil), (" Paris", nil), (" Paris,", true), (" Parisian", false), (" Lyon", false),
    ] as [(String, Bool?)])
  func `a text that goes on is judged as soon as it can be`(text: String, says: Bool?) {
    #expect(FreeContinuation.says(" Paris", text, isEnd: false) == says)
  }

  @Test func `half a character is waited for`() {
    #expect(FreeContinuation.says(" Písek", " P\u{FFFD}", isEnd: false) == nil)
    #expect(FreeContinuation.says(" Písek", " P\u{FFFD}", isEnd: true) == false)
    #expect(FreeContinuation.says(" Písek", " Písek.", isEnd: false) == true)
    // The same letters in another Unicode form are other text to a tokenizer.
    #expect(FreeContinuation.says(" Pi\u{301}sek", " P\u{ED}sek.", isEnd: false) == false)
  }

  @Test func `what the unedited model says is what greedy generation says`() throws {
    let small = try SmallModel()
    let records = try FactFile.records(Package.llamaTiny.appendingPathComponent("facts.json"))
    // The model knows its facts, so with the former answers as targets it says many of them.
    let known = try records.map { record in
      try FactFile.records(
        Array(
          """
          {"prompt": "\(record.fact.prompt)", "subject": "\(record.fact.subject)", "target_new": "\(record.targetTrue)", \
          "target_true": "x", "paraphrase_prompts": ["\(record.paraphrasePrompts[0])"]}
          """.utf8), file: "records.json")[0]
    }
    let metrics = try FreeGenerationEvaluator(known, tokenizer: small.tokenizer).measure(small.model)
    #expect(metrics.count == 24)
    #expect(metrics.count { $0.rewriteSuccess == 1 } > 15)
    for (record, metrics) in zip(known, metrics) {
      for (prompt, said) in zip(
        [record.fact.filledPrompt] + record.paraphrasePrompts, metrics.rewrite + metrics.paraphrase)
      {
        let ids = try small.tokenizer.encode(prompt).ids
        let stop = Set([small.tokenizer.eosID].compactMap { $0 })
        let whole = try small.model.generate(
          [ids], GenerationOptions(limit: .newTokens(12), stopTokens: stop))[0].ids
        let text = try small.tokenizer.decode(whole)
        #expect(text.hasPrefix(said.text))
        let target = record.fact.target
        let follows = text.dropFirst(target.count).first.map { $0.isLetter || $0.isNumber } ?? false
        #expect(said.saysTarget == (text.hasPrefix(target) && !follows))
      }
    }
    let frugal = try FreeGenerationEvaluator(known, tokenizer: small.tokenizer).measure(
      small.model, memory: 1)
    #expect(frugal == metrics)
  }

  @Test func `seeds belong to prompts, whatever is continued with them`() throws {
    let small = try SmallModel()
    let prompts = try ["Greta Archer plays", "Hugo", "The sport of Greta"].map {
      try small.tokenizer.encode($0).ids
    }
    let options = GenerationOptions(limit: .totalTokens(20), sampling: Sampling(topK: 5))
    let together = try small.model.generate(prompts, options, seeds: [7, 8, 9], memory: 1 << 20)
    let alone = try small.model.generate([prompts[2]], options, seeds: [9], memory: 1)
    #expect(together[2] == alone[0])
    #expect(try small.model.generate(prompts, options, seeds: [7, 8, 9], memory: 1) == together)
    #expect(throws: LanguageModelError.self) {
      try small.model.generate(prompts, options, seeds: [1], memory: 1)
    }
    #expect(throws: LanguageModelError.self) { try small.model.generate(prompts, options, seeds: [1]) }
  }
}
