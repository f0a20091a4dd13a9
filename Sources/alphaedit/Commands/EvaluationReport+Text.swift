import Experiments
import Foundation
import KnowledgeEditing
import StrictJSON

extension EvaluationReport {
  /// The report as a person reads it.
  var text: String {
    [
      heading, table(summary.table, textColumns: 3), retention.map(Self.text) ?? "", perplexity, ability,
      whereabouts,
    ]
    .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    """
    \(settings.method.rawValue) on \(settings.model.lastPathComponent): \(grouped(summary.recordCount)) records, \
    \(settings.batchSize) at a time, edited in \(editingSeconds.asDuration)
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

  private func finding(_ name: String) -> JSON? { findings.first { $0.key.text == name }?.value }

  private var perplexity: String {
    let finding = finding("perplexity")
    let values = (finding?["curve"]?.array ?? []).compactMap { $0["perplexity"]?.double }
    guard let text = finding?["text"]?.string, let before = values.first, let after = values.last else {
      return ""
    }
    let growth = after / before - 1
    return """
      Perplexity of \(text)
        \(significant(before)) before, \(significant(after)) after (\(growth < 0 ? "" : "+")\(percent(growth)))

      """
  }

  /// The accuracy of both kinds of answers to each task, at each number of edits.
  private var ability: String {
    let stages = finding("ability")?.array ?? []
    guard !stages.isEmpty else { return "" }
    let rows = AbilityTask.allCases.map { task in
      [task.title]
        + stages.flatMap { stage in
          ["probability", "generation"].map { way in
            stage[task.rawValue]?[way]?["accuracy"]?.double.map { decimal(100 * $0, 1) } ?? "–"
          }
        }
    }
    let heading = stages.flatMap { ["\($0["edits"]?.int.map(grouped) ?? "") edits", "written"] }
    return "General ability: accuracy of the likeliest answers, and of those the model writes, in per cent\n"
      + table([["task"] + heading] + rows)
      + AbilityTask.allCases.compactMap { $0.notice(of: stages.last ?? .null) }.map { "  \($0)\n" }.joined()
  }

  private var whereabouts: String {
    (restoredBatchCount > 0
      ? "\(grouped(restoredBatchCount)) batches were put back from an earlier process\n" : "")
      + "The results of each record are in \(directory.path)\n"
  }
}
