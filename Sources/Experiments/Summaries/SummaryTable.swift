import Foundation

/// Summaries of runs as rows of equal length, the first of them a heading.
public struct SummaryTable: Sendable, Equatable {
  /// The rows.
  public let rows: [[String]]
  /// How many columns at the left hold text; those behind them hold numbers.
  public let textColumns: Int

  /// The runs' means side by side, `mean ± standard deviation`: this project's name of each, the published one, what is
  /// measured, and a column a run.
  public static func means(_ runs: [RunSummary]) -> SummaryTable {
    var names: [String] = []
    var described: [String: SummaryFigure] = [:]
    for figure in runs.flatMap(\.figures) where described[figure.name] == nil {
      described[figure.name] = figure
      names.append(figure.name)
    }
    let heading = ["metric", "published as", "measures"] + runs.map(\.name)
    let counts =
      ["cases", "num_cases", "results that the means are taken over"] + runs.map { "\($0.caseCount)" }
    let rows = names.compactMap { described[$0] }.map { figure in
      [figure.ownName, figure.isPublished ? figure.name : "–", figure.definition]
        + runs.map { cell($0[figure.name]) }
    }
    return SummaryTable(rows: [heading, counts] + rows, textColumns: 3)
  }

  /// The runs' tests of general ability, a row a task at each number of edits; nil where no run has any.
  public static func ability(_ runs: [RunSummary]) -> SummaryTable? {
    let rows = runs.flatMap { run in
      run.ability.flatMap { stage in
        stage.tasks.map { scores in
          [run.name, scores.task.title, stage.name]
            + [
              scores.accuracy, scores.weightedF1, scores.matthewsCorrelation, scores.probabilityF1,
            ].map { $0.map { decimal($0, 4) } ?? "–" }
            + [scores.invalid, scores.total].map { $0.map { String($0) } ?? "–" }
        }
      }
    }
    guard !rows.isEmpty else { return nil }
    let heading = [
      "run", "task", "edits", "accuracy", "F1 (f1)", "MCC (mcc)", "F1 by probability (f1_new)", "invalid",
      "total",
    ]
    return SummaryTable(rows: [heading] + rows, textColumns: 2)
  }

  /// Everything with one number a row, for programs.
  public static func long(_ runs: [RunSummary]) -> SummaryTable {
    let heading = ["method", "run", "edits", "metric", "name_in_files", "measures", "mean", "std", "cases"]
    let rows = runs.flatMap { run -> [[String]] in
      let place = [run.method, run.directory.lastPathComponent]
      let means = run.figures.map { figure in
        place + ["", figure.ownName, figure.name, figure.definition, "\(figure.mean)"]
          + [figure.standardDeviation.map { "\($0)" } ?? "", "\(figure.caseCount)"]
      }
      let ability = run.ability.flatMap { stage in
        stage.tasks.flatMap { scores in
          scores.named.compactMap { figure -> [String]? in
            guard let value = figure.value else { return nil }
            let (key, count) = (scores.task.publishedKey, scores.total.map { "\($0)" } ?? "")
            return place
              + [
                "\(stage.editCount ?? 0)", "\(scores.task.rawValue)_\(figure.name)",
                "\(key).\(figure.published)",
              ]
              + [figure.definition, "\(value)", "", count]
          }
        }
      }
      return means + ability
    }
    return SummaryTable(rows: [heading] + rows, textColumns: 6)
  }

  /// Comma-separated values (RFC 4180), with line feeds.
  public var csv: String {
    rows.map { row in
      row.map { cell in
        let isPlain = !cell.contains { [",", "\"", "\n", "\r", "\r\n"].contains($0) }
        return isPlain
          ? cell
          : "\"\(cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
      }.joined(separator: ",") + "\n"
    }.joined()
  }

  /// A table in Markdown.
  public var markdown: String {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
    func escaped(_ cell: String) -> String {
      cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    guard let heading = rows.first else { return "" }
    let rule = heading.indices.map { $0 < textColumns ? "---" : "---:" }
    return ([heading.map(escaped), rule] + rows.dropFirst().map { $0.map(escaped) }).map(line).joined()
  }

  private static func cell(_ figure: SummaryFigure?) -> String {
    guard let figure else { return "–" }
    return decimal(figure.mean, 2) + (figure.standardDeviation.map { " ± \(decimal($0, 2))" } ?? "")
  }

  private static func decimal(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

extension RecordedAbility.Scores {
  /// The scores by this project's names and the published ones.
  fileprivate var named: [(name: String, published: String, definition: String, value: Double?)] {
    [
      ("generation_accuracy", "correct", "share of written answers that are right", accuracy),
      ("generation_weighted_f1", "f1", "weighted F1 of written answers", weightedF1),
      ("generation_mcc", "mcc", "Matthews' correlation of written answers", matthewsCorrelation),
      ("probability_weighted_f1", "f1_new", "weighted F1 of the likeliest answers", probabilityF1),
    ]
  }
}
