import KnowledgeEditing
import LanguageModels
import StrictJSON

/// A measure of each record by itself, whose values are members of the record's result file.
protocol RecordMeasure: Measure {
  /// The records that are measured together.
  var chunks: RecordChunks { get }

  /// The figures by which records are compared on it.
  var figures: [RecordFigure] { get }

  /// The members of each record of a chunk, in order; empty objects for records that it does not measure.
  func measure(chunk: Int, of model: any LanguageModel) throws -> [JSONObject]
}

extension RecordMeasure {
  /// All records are measured before the first edit, and after some of them those that were edited.
  func partCount(at stage: Stage) -> Int {
    stage.isFirst ? chunks.ranges.count : chunks.count(upTo: stage.edits)
  }

  /// Measures chunk after chunk.
  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws {
    let total = parts.reduce(0) { $0 + chunks.ranges[$1].count }
    var meter = ProgressMeter(
      phase: "\(stage.title): \(name)", unit: "records", total: total, handler: progress)
    var done = 0
    for part in parts {
      let values = try measure(chunk: part, of: editor.model)
      try keep(part, JSON(values.map { .object($0) }))
      done += chunks.ranges[part].count
      meter.report(done)
    }
  }
}

/// Records in runs of neighbours that are measured together, none of which reaches from one cohort into the next.
struct RecordChunks: Sendable, Equatable {
  /// The places of the records of each chunk.
  let ranges: [Range<Int>]

  /// How many records share forward passes at most.
  private static let largest = 64

  /// Chunks of `count` records.
  ///
  /// - Parameter cohort: how many records make up a cohort.
  init(count: Int, cohort: Int) {
    var ranges: [Range<Int>] = []
    for start in stride(from: 0, to: count, by: max(1, cohort)) {
      let end = min(start + max(1, cohort), count)
      for first in stride(from: start, to: end, by: Self.largest) {
        ranges.append(first..<min(first + Self.largest, end))
      }
    }
    self.ranges = ranges
  }

  /// How many chunks hold none but the first `records`.
  func count(upTo records: Int) -> Int { ranges.count { $0.upperBound <= records } }
}
