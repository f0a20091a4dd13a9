import Foundation
import StrictJSON

/// Means of the figures of many records, before the first edit and after the last.
///
/// As published: each record counts once, however many prompts it has, and a record without a figure does not count in
/// it.
public struct EvaluationSummary: Sendable {
  /// One figure.
  public struct Row: Sendable {
    /// Which.
    public let figure: RecordFigure
    /// Over records, of the unedited model.
    public let before: CounterFactSummary.Statistic?
    /// Over records, after all edits.
    public let after: CounterFactSummary.Statistic?
  }

  /// How many records there are.
  public let recordCount: Int
  /// The figures, in the order in which they are shown.
  public let rows: [Row]

  /// The means of what was measured of each record at the two stages, of the same figures.
  init(recordCount: Int, before: FigureValues, after: FigureValues) {
    self.recordCount = recordCount
    rows = before.figures.enumerated().map { index, figure in
      Row(figure: figure, before: before.statistic(index), after: after.statistic(index))
    }
  }

  /// The row of a figure by this project's name for it.
  public subscript(name: String) -> Row? { rows.first { $0.figure.name == name } }

  /// The published `score` of the unedited model: see ``score``.
  public var scoreBefore: Double? { Self.score { self[$0]?.before } }
  /// The published `score` after all edits: the harmonic mean of efficacy, generalization and specificity, of their
  /// percentages rounded to two digits; nil where one is missing.
  public var score: Double? { Self.score { self[$0]?.after } }

  private static func score(_ statistic: (String) -> CounterFactSummary.Statistic?) -> Double? {
    let metrics = [CounterFactMetric.efficacy, .generalization, .specificity]
    return CounterFactSummary.score(of: metrics.map { statistic($0.rawValue) })
  }

  /// Means and deviations before and after by this project's names, and under `published` as the published summary has
  /// them.
  var members: [JSONObject.Member] {
    func means(_ statistic: (Row) -> CounterFactSummary.Statistic?) -> JSON {
      .object(
        JSONObject(
          rows.map { row in
            let value = statistic(row).map {
              ["mean": JSON($0.mean), "std": JSON($0.standardDeviation)] as JSON
            }
            return (JSONString(row.figure.name), value ?? .null)
          }))
    }
    return [
      ("before", means(\.before)), ("after", means(\.after)),
      (
        "published",
        .object(JSONObject(published("pre", \.before, scoreBefore) + published("post", \.after, score)))
      ),
    ]
  }

  /// `[mean, standard deviation]`, of shares in per cent, rounded to two digits, by the published names.
  private func published(
    _ stage: String, _ statistic: (Row) -> CounterFactSummary.Statistic?, _ score: Double?
  ) -> [JSONObject.Member] {
    var values: [JSONObject.Member] = rows.compactMap { row in
      guard let name = row.figure.publishedName, let statistic = statistic(row) else { return nil }
      let pair: JSON =
        row.figure.isShare
        ? [JSON(statistic.percentage.mean), JSON(statistic.percentage.standardDeviation)]
        : [JSON(statistic.mean), JSON(statistic.standardDeviation)]
      return (JSONString("\(stage)_\(name)"), pair)
    }
    if let score { values.append((JSONString("\(stage)_score"), [JSON(score), .null])) }
    return values
  }

  /// Rows of equal length, the first of them a heading: this project's name, the published name where there is one, what is measured, and
  /// the means before and after, shares in per cent.
  public var table: [[String]] {
    func text(_ row: Row, _ statistic: CounterFactSummary.Statistic?) -> String {
      statistic.map { String(format: "%.2f", row.figure.isShare ? $0.percentage.mean : $0.mean) } ?? "–"
    }
    var table = [["metric", "published as", "measures", "before", "after"]]
    table += rows.map { row in
      [
        row.figure.name, row.figure.publishedName ?? "–", row.figure.definition, text(row, row.before),
        text(row, row.after),
      ]
    }
    if let score {
      let before = scoreBefore.map { String(format: "%.2f", $0) } ?? "–"
      table.append(
        ["score", "score", "harmonic mean of the first three", before, String(format: "%.2f", score)])
    }
    return table
  }
}
