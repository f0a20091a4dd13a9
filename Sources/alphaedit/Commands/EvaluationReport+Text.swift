import Experiments
import Foundation

extension EvaluationReport {
  /// The report as a person reads it.
  var text: String {
    [heading, table(summary.table, textColumns: 3), retention.map(Self.text) ?? "", whereabouts]
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    """
    \(settings.method.rawValue) on \(settings.model.lastPathComponent): \(grouped(summary.recordCount)) records, \
    \(settings.batchSize) at a time, edited in \(duration(editingSeconds))
      hyper-parameters   \(hyperparameters.origin)
      key statistics     \(statisticsOrigin)

    """
  }

  /// The first figure of each cohort as more facts are written.
  private static func text(_ curve: RetentionCurve) -> String {
    guard let figure = curve.figures.first, let cohorts = curve.points.first?.cohorts else { return "" }
    let heading =
      ["edits"] + cohorts.map { "\($0.records.lowerBound + 1)–\($0.records.upperBound)" }
    let rows = curve.points.map { point in
      let values = point.cohorts.map { cohort in
        cohort.means.first?.flatMap { $0 }.map { figure.isShare ? decimal($0 * 100, 1) : decimal($0, 3) }
          ?? "–"
      }
      return [grouped(point.edits)] + values
        + Array(repeating: "", count: max(0, cohorts.count - values.count))
    }
    return "\(figure.name) of the facts written first, next, … as more are written\n"
      + table([heading] + rows, textColumns: 0)
  }

  private var whereabouts: String {
    (restoredBatchCount > 0
      ? "\(grouped(restoredBatchCount)) batches were put back from an earlier process\n" : "")
      + "The results of each record are in \(directory.path)\n"
  }
}
