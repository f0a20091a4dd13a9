import Foundation
import KnowledgeEditing
import StrictJSON

/// What an ``EvaluationRun`` found.
public struct EvaluationReport {
  /// The arguments of the run.
  public var settings: EvaluationSettings
  /// The hyper-parameters, and where they come from.
  public var hyperparameters: ChosenHyperparameters
  /// Where the key statistics come from.
  public var statisticsOrigin: String
  /// Where the results were written.
  public var directory: RunDirectory
  /// Each record's results, in file order.
  public var cases: [CaseResult]
  /// Seconds spent on editing.
  public var editingSeconds: Double
  /// Everything odd.
  public var warnings: [String]

  /// The means of the unedited model.
  public var before: CounterFactSummary { CounterFactSummary(cases.map(\.before)) }
  /// The means after all edits.
  public var after: CounterFactSummary { CounterFactSummary(cases.map(\.after)) }

  /// Everything but the single records' results, as one object: means by this project's names as shares of 1, and as
  /// the published summary has them.
  public var json: JSON {
    let (before, after) = (before, after)
    let published = [before.published(stage: "pre"), after.published(stage: "post")].flatMap {
      $0.object?.members ?? []
    }
    return [
      "run_dir": JSON(directory.url.path), "method": JSON(settings.method.rawValue),
      "model": JSON(settings.model.path), "records": JSON(settings.recordFile.path),
      "num_cases": JSON(cases.count), "num_edits": JSON(settings.batchSize),
      "hyperparameters_from": JSON(hyperparameters.origin), "statistics_from": JSON(statisticsOrigin),
      "editing_seconds": JSON(editingSeconds), "before": before.json, "after": after.json,
      "published": .object(JSONObject(published)), "warnings": JSON(warnings.map { JSON($0) }),
    ]
  }

  /// The means in rows of equal length, the first of them a heading: this project's name, the published name, what is
  /// measured, and per cent before and after.
  public var table: [[String]] {
    let (before, after) = (before, after)
    func percent(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "–" }
    let rows = CounterFactMetric.allCases.map { metric in
      [
        metric.rawValue, metric.publishedName, metric.definition, percent(before[metric]?.percentage.mean),
        percent(after[metric]?.percentage.mean),
      ]
    }
    let score = [
      "score", "score", "harmonic mean of the first three", percent(before.score), percent(after.score),
    ]
    return [["metric", "published as", "measures", "before %", "after %"]] + rows + [score]
  }
}
