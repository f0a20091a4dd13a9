import Foundation
import KnowledgeEditing
import Reports

extension CheckReport {
  /// The most facts that are shown, those first that are not said.
  private static let factLimit = 50

  /// What the page shows.
  var content: ReportContent {
    let name = settings.model.lastPathComponent
    var content = ReportContent(
      title: isFit ? "\(name) is fit to ship" : "\(name) is not fit to ship",
      subtitle: "Checked against \(settings.base.path)"
        + (factCount.map { "; \($0) facts should hold" } ?? ""))
    content.warnings =
      results.filter { $0.verdict != .pass }.map { "\($0.verdict.mark) \($0.kind.title): \($0.message)" }
      + warnings
    content.metrics = [
      MetricTable(
        columns: [.init("Base", isBaseline: true), .init("Edited")],
        groups: [.init("Checks", rows: results.map(\.row))])
    ]
    content.facts = (facts.filter { !$0.isSaid } + facts.filter(\.isSaid)).prefix(Self.factLimit).map(
      \.sample)
    content.settings =
      [
        SettingsGroup(
          "Check",
          [
            ("model", settings.model.path), ("base", settings.base.path),
            ("facts", settings.facts?.path ?? "those of the ledger"),
            ("corpus", settings.corpus?.path ?? "text that the unedited model writes"),
            ("ability", settings.ability?.path ?? "not tested"), ("device", settings.device.description),
            ("dtype", settings.dtype.rawValue), ("seed", "\(settings.seed)"),
          ])
      ]
      + results.filter { !$0.details.isEmpty }.map { result in
        SettingsGroup(
          result.kind.title, result.details.enumerated().map { (name: "\($0.offset + 1)", value: $0.element) }
        )
      }
    content.footer = "alphaedit \(Version.current)"
    return content
  }
}

extension CheckResult.Verdict {
  /// A sign for it.
  public var mark: String {
    switch self {
    case .pass: "✓"
    case .warn: "!"
    case .fail: "✗"
    case .notMeasured: "–"
    }
  }
}

extension CheckResult {
  fileprivate var row: MetricTable.Row {
    let scale = kind.isShare ? 100.0 : 1
    return MetricTable.Row(
      "\(verdict.mark) \(kind.title)",
      "\(kind.explanation) Found: \(message).\(boundText.map { " Bound: \($0)." } ?? "")",
      [base.map { .init($0 * scale) }, edited.map { .init($0 * scale) }], unit: kind.isShare ? "%" : nil,
      better: kind.isShare ? .higher : kind == .perplexity ? .lower : nil, decimals: kind.isShare ? 1 : 3)
  }
}

extension CheckReport.FactResult {
  fileprivate var isSaid: Bool { said.edited && written.edited.saysTarget }

  fileprivate var sample: FactSample {
    func continuation(_ model: String, _ said: Bool, _ written: FreeContinuation) -> FactSample.Continuation {
      .init(model: model, text: written.text, saysTeacherForced: said, saysFreely: written.saysTarget)
    }
    return FactSample(
      prompt: fact.filledPrompt, target: fact.target, formerTarget: fact.targetTrue,
      origin: "fact \(fact.id)",
      continuations: [
        continuation("Base", said.base, written.base), continuation("Edited", said.edited, written.edited),
      ])
  }
}
