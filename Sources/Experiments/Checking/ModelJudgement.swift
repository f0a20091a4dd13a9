import Foundation
import KnowledgeEditing

/// What the figures of an edited model mean beside those of its base.
struct ModelJudgement {
  let facts: CheckedFacts
  let base: ModelFigures
  let edited: ModelFigures
  let settings: CheckSettings

  private var bounds: CheckBounds { settings.bounds }

  /// The results of all checks of what the model says.
  var results: [CheckResult] { [said, saidFreely, paraphrases, neighbors, perplexity, ability] }

  /// The facts with what was found of them.
  var factResults: [CheckReport.FactResult] {
    facts.facts.indices.map { place in
      CheckReport.FactResult(
        fact: facts.facts[place], said: (base.facts[place].isSaid, edited.facts[place].isSaid),
        written: (base.written[place], edited.written[place]))
    }
  }

  private var said: CheckResult {
    atLeast(
      bounds.said, .said, base: base.said, edited: edited.said,
      message: "\(edited.facts.count(where: \.isSaid)) of \(facts.facts.count) facts",
      details: lines { $0.said.edited })
  }

  private var saidFreely: CheckResult {
    atLeast(
      bounds.saidFreely, .saidFreely, base: base.saidFreely, edited: edited.saidFreely,
      message: "\(edited.written.count(where: \.saysTarget)) of \(facts.facts.count) facts",
      details: lines { $0.written.edited.saysTarget })
  }

  /// The facts that are not said in a way, and what is said instead.
  private func lines(_ isSaid: (CheckReport.FactResult) -> Bool) -> [String] {
    factResults.filter { !isSaid($0) }.map {
      "fact \($0.fact.id): “\($0.fact.filledPrompt)” should go on with “\($0.fact.target)”, goes on with “\($0.written.edited.text)”"
    }
  }

  private var paraphrases: CheckResult {
    guard let old = base.records, let new = edited.records else {
      return .notMeasured(.paraphrases, facts.recordsMissing ?? "there are no records")
    }
    guard let share = new[.generalization] else {
      return .notMeasured(.paraphrases, "the records hold no paraphrases")
    }
    return atLeast(
      bounds.paraphrases, .paraphrases, base: old.generalization, edited: share.mean,
      message: "of \(share.recordCount) records")
  }

  private var neighbors: CheckResult {
    guard let old = base.records, let new = edited.records else {
      return .notMeasured(.neighbors, facts.recordsMissing ?? "there are no records")
    }
    guard let before = old[.specificity], let after = new[.specificity] else {
      return .notMeasured(.neighbors, "the records hold no prompts about other subjects")
    }
    return lossAtMost(
      bounds.neighborLoss, .neighbors, base: before.mean, edited: after.mean,
      message: "of \(after.recordCount) records")
  }

  private var perplexity: CheckResult {
    guard let old = base.text, let new = edited.text else {
      return .notMeasured(.perplexity, "the text has nothing to predict")
    }
    let growth = new.perplexity / old.perplexity - 1
    let percent = String(format: "%+.1f", growth * 100)
    return CheckResult(
      .perplexity, base: old.perplexity, edited: new.perplexity, distance: growth,
      tolerance: bounds.perplexityGrowth, bound: bounds.perplexityGrowth,
      message: "\(percent) % over \(new.tokenCount) tokens")
  }

  private var ability: CheckResult {
    guard let result = edited.ability else {
      return .notMeasured(.ability, "no tests were named with --ability DIR")
    }
    let (tasks, leftOut) = (edited.tasks, result.tasks.reduce(0) { $0 + $1.leftOut })
    guard let old = base.accuracy, let new = edited.accuracy else {
      return .notMeasured(.ability, "all \(leftOut) questions are longer than the model's positions")
    }
    let details = tasks.map { task in
      let before = base.ability?[task.task]?.probability.accuracy ?? 0
      return
        "\(task.task.title): \(Self.percent(before)) before, \(Self.percent(task.probability.accuracy)) after"
    }
    return lossAtMost(
      bounds.abilityLoss, .ability, base: old, edited: new,
      message: "mean of \(tasks.count) tasks" + (leftOut > 0 ? ", \(leftOut) questions left out" : ""),
      details: details)
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

  private func atLeast(
    _ bound: Double, _ kind: CheckKind, base: Double?, edited: Double, message: String, details: [String] = []
  ) -> CheckResult {
    CheckResult(
      kind, base: base, edited: edited, distance: 1 - edited, tolerance: 1 - bound, bound: bound,
      message: message, details: details)
  }

  private func lossAtMost(
    _ bound: Double, _ kind: CheckKind, base: Double, edited: Double, message: String, details: [String] = []
  ) -> CheckResult {
    CheckResult(
      kind, base: base, edited: edited, distance: base - edited, tolerance: bound, bound: bound,
      message: message, details: details)
  }
}
