import Foundation
import KnowledgeEditing
import LanguageModels

/// What is measured of a model, the same before and after.
struct ModelFigures {
  /// What it makes of each fact.
  let facts: [FactMeasure]
  /// How it goes on at each fact's prompt.
  let written: [FreeContinuation]
  /// The means over records; nil without any.
  let records: CounterFactSummary?
  /// How likely it finds the text; nil where there is nothing to predict.
  let text: TextLikelihood?
  /// How it fares in tests of general ability; nil where there are none.
  let ability: AbilityResult?

  /// The share of facts that are said.
  var said: Double { share(facts.count(where: \.isSaid)) }
  /// The share of facts that are said freely.
  var saidFreely: Double { share(written.count(where: \.saysTarget)) }
  /// The tasks that questions were asked of.
  var tasks: [AbilityTaskResult] { ability?.tasks.filter { !$0.answers.isEmpty } ?? [] }
  /// The mean over tasks of the accuracy of the likeliest answers; nil without any.
  var accuracy: Double? {
    tasks.isEmpty ? nil : tasks.reduce(0) { $0 + $1.probability.accuracy } / Double(tasks.count)
  }

  private func share(_ count: Int) -> Double { Double(count) / Double(max(1, facts.count)) }
}

/// What a model is asked.
struct ModelQuestions {
  let facts: CheckedFacts
  let settings: CheckSettings
  let progress: ProgressHandler?

  /// Puts the questions to a model.
  ///
  /// - Parameters:
  ///   - text: text that no fact is about.
  ///   - name: names the model in progress reports.
  func ask(_ opened: OpenedModel, text: HeldBackText, name: String) throws -> ModelFigures {
    let (model, tokenizer) = (opened.model, opened.tokenizer)
    let prompts = try facts.facts.map { try EditPrompts($0, templates: .bare, tokenizer: tokenizer) }
    let records = facts.records
    return ModelFigures(
      facts: try FactProbe(prompts, tokenizer: tokenizer)
        .measure(model, phase: "\(name): facts", progress: progress),
      written: try FreeGenerationEvaluator(facts.facts, tokenizer: tokenizer)
        .measure(model, memory: settings.memory.bytes, phase: "\(name): free generation", progress: progress)
        .flatMap(\.rewrite),
      records: records.isEmpty
        ? nil
        : CounterFactSummary(
          try CounterFactEvaluator(records, tokenizer: tokenizer)
            .measure(model, phase: "\(name): records", progress: progress)),
      text: try text.measure(model),
      ability: try ability(opened).map { try $0.measure(model, progress: progress) })
  }

  /// The tests of those tasks whose files are there.
  private func ability(_ opened: OpenedModel) throws -> AbilityEvaluator? {
    guard let directory = settings.ability else { return nil }
    let tasks = AbilityTask.allCases.filter {
      FileManager.default.fileExists(atPath: directory.appendingPathComponent($0.fileName).path)
    }
    guard !tasks.isEmpty else { throw CheckError.noAbilityTests(directory: directory.path) }
    return try AbilityEvaluator(
      directory: directory, tasks: tasks, count: settings.testsPerTask, tokenizer: opened.tokenizer,
      maximumPositions: opened.model.maximumPositions)
  }
}
