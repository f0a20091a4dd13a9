import LanguageModels
import Torch

/// One prompt of a fact, cut behind the tokens that every fact of the batch has in the same context.
struct PromptRow {
  /// The fact's place in the batch.
  let fact: Int
  /// The context template's place in order; the number of templates for the essence prompt.
  let context: Int
  /// The tokens behind the shared ones.
  let own: [Int]
  /// Where among them the subject's token is.
  let subject: Int
  /// How many of the last tokens predict the target; 0 for the essence prompt.
  let labelCount: Int
}

/// The prompts of a batch of facts.
///
/// A context such as "The weather was mild. {}" puts the same tokens before every fact. Attention is causal, so their states
/// are computed once for all facts, and each fact's rows hold only what follows.
struct BatchPrompts {
  let prompts: [EditPrompts]
  /// The tokens shared in each context, the essence prompt's last.
  let shared: [[Int]]

  init(_ prompts: [EditPrompts]) {
    self.prompts = prompts
    let contextCount = prompts.first.map { $0.rewriting.count + 1 } ?? 0
    shared = (0..<contextCount).map { context in
      Self.commonPrefix(prompts.map { Self.row($0, context) }.map { $0.ids.prefix($0.subjectIndex) })
    }
  }

  /// How many context templates there are.
  var templateCount: Int { max(shared.count - 1, 0) }

  /// The rows of one fact: each template's, then the essence prompt's, which ends at the subject.
  func rows(of fact: Int) -> [PromptRow] {
    let prompt = prompts[fact]
    return shared.indices.map { context in
      let row = Self.row(prompt, context)
      let cut = shared[context].count
      let isEssence = context == templateCount
      return PromptRow(
        fact: fact, context: context,
        own: Array(isEssence ? row.ids[cut...row.subjectIndex] : row.ids[cut...]),
        subject: row.subjectIndex - cut, labelCount: isEssence ? 0 : prompt.targetIDs.count)
    }
  }

  private static func row(_ prompt: EditPrompts, _ context: Int) -> RewritingRow {
    context < prompt.rewriting.count ? prompt.rewriting[context] : prompt.essence
  }

  private static func commonPrefix(_ rows: [ArraySlice<Int>]) -> [Int] {
    guard var common = rows.first else { return [] }
    for row in rows.dropFirst() {
      var length = 0
      for (a, b) in zip(common, row) {
        guard a == b else { break }
        length += 1
      }
      common = common.prefix(length)
    }
    return Array(common)
  }
}
