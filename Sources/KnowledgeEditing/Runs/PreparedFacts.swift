import Checkpoints
import Foundation
import LanguageModels
import Tokenization

/// The facts of a file in a model's tokens.
struct PreparedFacts {
  /// The facts in tokens, in file order.
  let prompts: [EditPrompts]
  /// The SHA-256 of the file.
  let fileHash: ContentHash
  /// What is odd about the facts.
  let warnings: [String]

  var facts: [Fact] { prompts.map(\.fact) }

  /// Puts the facts of a file into tokens.
  ///
  /// - Throws: ``EditRunError/unusableFacts(file:problems:omitted:)`` with every fact that cannot be.
  init(
    _ file: FactFile, at url: URL, limit: Int?, templates: ContextTemplates, settings: Hyperparameters,
    opened: OpenedModel
  ) throws {
    var prompts: [EditPrompts] = []
    var problems: [String] = []
    let warnings = file.duplicates.map {
      "\($0.source): says the same as record \($0.original.record); left out"
    }
    for fact in file.facts.prefix(limit ?? .max) {
      do {
        let prompt = try EditPrompts(
          fact, templates: templates, tokenizer: opened.tokenizer, strategy: settings.subjectPosition)
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
    self.warnings = warnings + Self.tokenWarnings(prompts)
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
