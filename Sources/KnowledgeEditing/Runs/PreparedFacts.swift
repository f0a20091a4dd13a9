import Checkpoints
import Foundation
import LanguageModels
import Tokenization

/// The facts of a file in a model's tokens.
package struct PreparedFacts {
  /// The facts in tokens, in file order.
  package let prompts: [EditPrompts]
  /// The SHA-256 of the file.
  let fileHash: ContentHash
  /// What is odd about the facts.
  package let warnings: [String]

  var facts: [Fact] { prompts.map(\.fact) }

  /// Puts facts, read from the file at `url`, into tokens.
  ///
  /// - Throws: ``EditRunError/unusableFacts(file:problems:omitted:)`` with every fact that cannot be.
  init(
    _ facts: some Sequence<Fact>, of url: URL, templates: ContextTemplates,
    strategy: SubjectPosition.Strategy, targetForm: EditPrompts.TargetForm = .afterPrompt, opened: OpenedModel
  ) throws {
    var prompts: [EditPrompts] = []
    var problems: [String] = []
    for fact in facts {
      do {
        let prompt = try EditPrompts(
          fact, templates: templates, tokenizer: opened.tokenizer, strategy: strategy,
          targetForm: targetForm)
        if let problem = Self.problem(of: prompt, opened.model) {
          problems.append("\(fact.place): \(problem)")
        } else {
          prompts.append(prompt)
        }
      } catch {
        problems.append("\(error)")
      }
    }
    guard problems.isEmpty else {
      let listed = Array(problems.prefix(FactError.problemLimit))
      throw EditRunError.unusableFacts(
        file: url.path, problems: listed, omitted: problems.count - listed.count)
    }
    self.prompts = prompts
    warnings = Self.tokenWarnings(prompts)
    fileHash = try ContentHash(ofFile: url)
  }

  /// What is odd about the facts' tokens: a kind of oddity often runs through all of a file, so each is told once, with
  /// the first fact that has it.
  private static func tokenWarnings(_ prompts: [EditPrompts]) -> [String] {
    var kinds: [(index: Int, count: Int, first: String)] = []
    for prompt in prompts {
      for warning in prompt.warnings {
        if let known = kinds.firstIndex(where: { $0.index == warning.kind }) {
          kinds[known].count += 1
        } else {
          kinds.append((warning.kind, 1, "\(prompt.fact.place): \(warning)"))
        }
      }
    }
    return kinds.map { $0.count == 1 ? $0.first : "\($0.first) (so it is with \($0.count) facts)" }
  }

  /// Why a model cannot read a fact's prompts; nil where it can.
  private static func problem(of prompt: EditPrompts, _ model: any LanguageModel) -> String? {
    let rows = (prompt.rewriting + [prompt.essence]).map(\.ids)
    // The rows hold all of the target's ids but the last.
    if let id = (rows.joined() + prompt.targetIDs).first(where: { !(0..<model.vocabularySize).contains($0) })
    {
      return "token id \(id) is outside of the model's vocabulary of \(model.vocabularySize)"
    }
    let longest = rows.map(\.count).max() ?? 0
    guard longest > model.maximumPositions else { return nil }
    return "it takes \(longest) tokens with its longest context, and the model reaches "
      + "\(model.maximumPositions); shorten it"
  }
}

extension Fact {
  /// Where the fact was read, else its name.
  var place: String { source.map(\.description) ?? "fact \(id)" }
}

extension EditPromptWarning {
  /// Equal for warnings that differ in their texts only.
  fileprivate var kind: Int {
    switch self {
    case .subjectMerges: 0
    case .targetMerges: 1
    }
  }
}

extension FactFile.Duplicate {
  /// What a user is told of it.
  var warning: String { "\(source): says the same as record \(original.record); left out" }
}
