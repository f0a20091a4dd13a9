import Checkpoints
import Foundation
import LanguageModels

@testable import KnowledgeEditing

/// Tiny models of every architecture, randomly initialised, and facts for them in tokens of no meaning.
enum RandomModels {
  static let names = [
    "gemma2", "gpt2", "gpt_neox", "gptj", "llama", "llama31", "mistral", "phi", "qwen2", "qwen3",
  ]

  static func load(_ name: String) throws -> any LanguageModel {
    let folder = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("LanguageModelsTests/Fixtures/architectures/\(name)")
    return try ModelRegistry.load(Checkpoint(directory: folder), dtype: .float32)
  }

  /// Facts whose prompts, subjects and targets differ.
  static func facts(_ count: Int) throws -> [EditPrompts] {
    try (0..<count).map { number in
      let (prompt, subject) = ([3, 5 + number, 9, 4], 1)
      let target = [11 + number, 7]
      func row(_ ids: [Int], _ subject: Int, type: Int) -> RewritingRow {
        RewritingRow(ids: ids, subjectIndex: subject, contextType: type)
      }
      let contexts = [[], [8, 6, 2]]
      return EditPrompts(
        fact: try Fact(id: "\(number)", subject: "s", prompt: "{} is", target: "t"), targetIDs: target,
        rewriting: contexts.enumerated().map { type, context in
          row(context + prompt + target.dropLast(), context.count + subject, type: type)
        },
        essence: row([3, 5 + number, 2], 1, type: 0),
        keys: contexts.enumerated().map { type, context in
          row(context + prompt, context.count + subject, type: type)
        },
        warnings: [])
    }
  }
}
