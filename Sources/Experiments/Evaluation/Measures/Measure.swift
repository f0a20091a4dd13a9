import Checkpoints
import KnowledgeEditing
import Reports
import StrictJSON

/// Something that is found out about the model at some stages of a run, in parts that are kept one by one.
///
/// A new measure is a type of this protocol and a line in ``Measures``.
protocol Measure {
  /// Names its files.
  var name: String { get }
  /// What its values depend on beside the model: settings, and hashes of files.
  var dependencies: JSON { get }
  /// When it is taken.
  var schedule: MeasuringSchedule { get }

  /// How many parts it has at a stage of its schedule.
  func partCount(at stage: Stage) -> Int

  /// Takes some of the parts, in order, and hands each to `keep` as soon as it is finished.
  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws

  /// What `summary.json` says of it.
  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member]

  /// Adds what it shows in the report.
  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws

  /// Writes files of its own into the run's directory, once all stages are measured.
  func publish(_ results: MeasuredValues, to directory: RunDirectory) throws
}

extension Measure {
  /// The means of measures of records are in the summary anyway.
  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member] { [] }

  /// The means of measures of records are in the report anyway.
  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {}

  /// Most measures have no files of their own.
  func publish(_ results: MeasuredValues, to directory: RunDirectory) throws {}
}

/// What was measured in a run, at all its stages.
struct MeasuredValues {
  /// The stages, ascending, with the digest of the weights at each.
  let stages: [(stage: Stage, state: ContentHash)]
  /// Where the values are.
  let store: MeasurementStore

  /// The values of a part.
  ///
  /// - Throws: ``EvaluationError/lostMeasurement(file:)`` where the file has been removed or damaged since it was written.
  func values(of measure: any Measure, part: Int, at stage: Stage) throws -> JSON {
    guard let state = stages.first(where: { $0.stage == stage })?.state,
      let values = store.values(of: measure.name, part: part, at: stage, state: state)
    else { throw EvaluationError.lostMeasurement(file: store.url(measure.name, part: part, at: stage).path) }
    return values
  }

  /// The stages at which `measure` was taken.
  func measuredStages(of measure: any Measure) -> [Stage] {
    stages.map(\.stage).filter(measure.schedule.includes)
  }
}
