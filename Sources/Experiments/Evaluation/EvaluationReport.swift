import Foundation
import KnowledgeEditing
import StrictJSON

/// What an ``EvaluationRun`` found.
public struct EvaluationReport {
  /// The arguments of the run.
  public let settings: EvaluationSettings
  /// The hyper-parameters, and where they come from.
  public let hyperparameters: ChosenHyperparameters
  /// Where the key statistics come from.
  public let statisticsOrigin: String
  /// Where the results are.
  public let directory: URL
  /// The means over records, before and after.
  public let summary: EvaluationSummary
  /// How earlier edits fared as more were made; nil where that was not asked for.
  public let retention: RetentionCurve?
  /// What measures of the model as a whole say, by their names in `summary.json`.
  public let findings: [JSONObject.Member]
  /// Seconds that editing took, also that which an earlier process did.
  public let editingSeconds: Double
  /// How many batches were put back from files.
  public let restoredBatchCount: Int
  /// Everything odd.
  public let warnings: [String]

  /// Everything but the single records' results, as one object.
  public var json: JSON {
    .object(
      JSONObject(
        [("run_dir", JSON(directory.path))] + members + [("warnings", JSON(warnings.map { JSON($0) }))]))
  }

  /// What `summary.json` holds: nothing of where or in how many pieces the run was made.
  var record: JSON { .object(JSONObject(members)) }

  private var members: [JSONObject.Member] {
    [
      ("method", JSON(settings.method.rawValue)), ("model", JSON(settings.model.path)),
      ("records", JSON(settings.recordFile.path)), ("num_cases", JSON(summary.recordCount)),
      ("num_edits", JSON(settings.batchSize)), ("hyperparameters_from", JSON(hyperparameters.origin)),
      ("statistics_from", JSON(statisticsOrigin)), ("time", JSON(editingSeconds)),
    ] + summary.members + findings
  }
}
