import Foundation
import KnowledgeEditing
import Reports
import StrictJSON

/// Whether an edited checkpoint is fit to ship, and what that is judged by.
public struct CheckReport: Sendable {
  /// A fact, and what was found of it.
  struct FactResult: Sendable {
    let fact: Fact
    /// Before and after, with teacher forcing.
    let said: (base: Bool, edited: Bool)
    /// Before and after, freely.
    let written: (base: FreeContinuation, edited: FreeContinuation)
  }

  /// The arguments.
  public let settings: CheckSettings
  /// How many facts should hold; nil where that could not be found out.
  public let factCount: Int?
  /// Every check's result, in the order of ``CheckKind``.
  public let results: [CheckResult]
  /// Everything odd.
  public let warnings: [String]
  /// The facts; none where they were not asked for.
  let facts: [FactResult]

  /// Whether no check failed.
  public var isFit: Bool { failures.isEmpty }
  /// The checks that failed.
  public var failures: [CheckResult] { results.filter { $0.verdict == .fail } }

  /// The result of a check; nil where it was not made.
  public subscript(kind: CheckKind) -> CheckResult? { results.first { $0.kind == kind } }

  /// Everything but the texts, as one object.
  public var json: JSON {
    [
      "format": "alphaedit check 1", "alphaedit": JSON(Version.current),
      "model": JSON(settings.model.path), "base": JSON(settings.base.path), "fit": JSON(isFit),
      "facts": factCount.map { JSON($0) } ?? .null, "checks": JSON(results.map(\.json)),
      "facts_not_said": JSON(
        facts.filter { !$0.said.edited || !$0.written.edited.saysTarget }.map(\.json)),
      "warnings": JSON(warnings.map { JSON($0) }),
    ]
  }

  /// One self-contained page: see `ReportContent`.
  public var html: String { content.html() }
}

extension CheckReport.FactResult {
  fileprivate var json: JSON {
    [
      "id": JSON(fact.id), "prompt": JSON(fact.filledPrompt), "target": JSON(fact.target),
      "said": JSON(said.edited), "said_freely": JSON(written.edited.saysTarget),
      "said_before": JSON(said.base), "continuation": JSON(written.edited.text),
    ]
  }
}
