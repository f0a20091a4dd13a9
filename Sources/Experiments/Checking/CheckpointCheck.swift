import Checkpoints
import Foundation
import KnowledgeEditing
import Ledger

/// Finds out whether an edited checkpoint is fit to ship.
///
/// ```swift
/// let report = try CheckpointCheck(CheckSettings(model: edited, base: unedited)).run()
/// for failure in report.failures { print(failure.kind.title, failure.message) }
/// ```
///
/// Nothing is written. The base is measured first and released before the edited model is opened, so one model is in memory
/// at a time.
public struct CheckpointCheck {
  /// The arguments.
  public let settings: CheckSettings
  private let progress: ProgressHandler?

  /// A check with these arguments, which reports how far it has come to `progress`.
  public init(_ settings: CheckSettings, progress: ProgressHandler? = nil) {
    self.settings = settings
    self.progress = progress
  }

  /// Checks everything that can be checked.
  ///
  /// What is wrong with the edited checkpoint is a result.
  ///
  /// - Throws: ``CheckError``, `FactError`, ``AbilityError``, ``EvaluationError``, and what opening and reading the base throws:
  ///   nothing is known of the edited checkpoint then.
  public func run() throws -> CheckReport {
    try settings.check()
    guard FileManager.default.fileExists(atPath: settings.model.path) else {
      throw CheckpointError(.unreadable, file: settings.model.path, "there is no such directory.")
    }
    let base = try Checkpoint(directory: settings.base)
    var results: [CheckResult] = []
    let history = readHistory(&results)
    let facts = try checkedFacts(history, isDamaged: results.contains { $0.verdict == .fail })

    let checkpoint: Checkpoint
    do { checkpoint = try Checkpoint(directory: settings.model) } catch {
      results.append(CheckResult(.files, .fail, "the checkpoint cannot be opened", details: ["\(error)"]))
      return report(results, facts, elseSaying: "the checkpoint cannot be opened")
    }
    do { results += try weightResults(checkpoint, base, history) } catch {
      results.append(CheckResult(.files, .fail, "the checkpoint cannot be read", details: ["\(error)"]))
      return report(results, facts, elseSaying: "the checkpoint cannot be read")
    }
    if let history { results.append(ledgerResult(history, base)) }
    guard !results.contains(where: { $0.kind == .finite && $0.verdict == .fail }) else {
      return report(results, facts, elseSaying: "not all weights are finite")
    }
    guard let facts else { return report(results, nil, elseSaying: "the ledger cannot be read") }

    let questions = ModelQuestions(facts: facts, settings: settings, progress: progress)
    let (text, before, warnings) = try askBase(questions)
    let judgement: ModelJudgement
    do {
      let opened = try OpenedModel(settings.model, dtype: settings.dtype, device: settings.device)
      let after = try questions.ask(opened, text: text, name: "Edited")
      judgement = ModelJudgement(facts: facts, base: before, edited: after, settings: settings)
    } catch {
      results.append(CheckResult(.model, .fail, "the edited model cannot be asked", details: ["\(error)"]))
      return report(results, facts, elseSaying: "the edited model cannot be asked")
    }
    results.append(CheckResult(.model, .pass, "it answers"))
    return report(
      results + judgement.results, facts, elseSaying: "it was not come to",
      factResults: judgement.factResults, warnings: warnings + (judgement.edited.ability?.warnings ?? []))
  }

  /// The checkpoint's history; nil where it has none, or one that cannot be read, which is a result.
  private func readHistory(_ results: inout [CheckResult]) -> EditHistory? {
    do {
      if let history = try EditHistory(of: settings.model) { return history }
      results.append(.notMeasured(.ledger, "the checkpoint has no ledger.sqlite"))
    } catch {
      results.append(CheckResult(.ledger, .fail, "it cannot be read", details: ["\(error)"]))
    }
    return nil
  }

  /// The facts that should hold; nil where a damaged ledger does not tell them.
  private func checkedFacts(_ history: EditHistory?, isDamaged: Bool) throws -> CheckedFacts? {
    if let history { return try CheckedFacts(of: history, records: settings.facts) }
    if let file = settings.facts { return try CheckedFacts(of: file) }
    guard isDamaged else { throw CheckError.noFacts(model: settings.model.path) }
    return nil
  }

  private func weightResults(
    _ checkpoint: Checkpoint, _ base: Checkpoint, _ history: EditHistory?
  ) throws -> [CheckResult] {
    let edited =
      try history.map { Set(try $0.ledger.base().tensors.map(\.name)) }
      ?? EditRecord(of: checkpoint.directory)?.tensors
    let comparison = try CheckpointComparison(checkpoint, base: base, edited: edited)
    let weights = try WeightFigures(
      checkpoint, base: base, changed: comparison.changed, bounds: settings.bounds)
    return [comparison.files, comparison.tensors, weights.finite, weights.norms, weights.changes]
  }

  private func ledgerResult(_ history: EditHistory, _ base: Checkpoint) -> CheckResult {
    do {
      let recorded = try history.ledger.base().fingerprint
      let found = try base.fingerprint().hex
      guard recorded == found else {
        throw HistoryError.notTheBase(path: base.directory.path, expected: recorded, found: found)
      }
      let verification = try LedgerVerification(
        ofModel: settings.model, base: settings.base, progress: progress)
      guard verification.isIntact else {
        return CheckResult(
          .ledger, .fail, "base and ledger give other weights than the checkpoint's",
          details: verification.differences.map {
            "“\($0.tensor)” differs from what step s\($0.step) left (\($0.place.rawValue))"
          })
      }
      return CheckResult(
        .ledger, .pass, "\(verification.tensorCount) tensors after \(verification.stepCount) steps")
    } catch {
      return CheckResult(.ledger, .fail, "the weights cannot be made again", details: ["\(error)"])
    }
  }

  /// Measures the base, which is released with the end of this.
  private func askBase(
    _ questions: ModelQuestions
  ) throws -> (text: HeldBackText, figures: ModelFigures, warnings: [String]) {
    let opened = try OpenedModel(settings.base, dtype: settings.dtype, device: settings.device)
    var editing = EditRunSettings(model: settings.base, facts: settings.base, output: settings.base)
    editing.heldBackText = settings.corpus
    editing.seed = settings.seed
    let text = try HeldBackText(editing, opened)
    return (text, try questions.ask(opened, text: text, name: "Base"), opened.warnings)
  }

  /// The report, every check having a result: those that were not made for the given reason.
  private func report(
    _ results: [CheckResult], _ facts: CheckedFacts?, elseSaying reason: String,
    factResults: [CheckReport.FactResult] = [], warnings: [String] = []
  ) -> CheckReport {
    CheckReport(
      settings: settings, factCount: facts?.facts.count,
      results: CheckKind.allCases.map { kind in
        results.first { $0.kind == kind } ?? .notMeasured(kind, reason)
      },
      warnings: warnings, facts: factResults)
  }
}
