import Foundation

/// A moment of a run at which the model can be measured.
struct Stage: Sendable, Equatable {
  /// How many batches have been written; 0 for the unedited model.
  let batches: Int
  /// How many facts have been written.
  let edits: Int
  /// Whether these are all.
  let isLast: Bool

  /// Whether the model is the unedited one.
  var isFirst: Bool { batches == 0 }

  /// The name of the directory of what is measured then.
  var name: String { isFirst ? "before" : "after_\(String(format: "%04d", batches))" }

  /// The name in progress reports.
  var title: String { isFirst ? "Model before" : isLast ? "Model after" : "After \(edits) edits" }

  /// All stages of a series of batches, which hold the facts at these places.
  static func all(of batches: [Range<Int>]) -> [Stage] {
    [Stage(batches: 0, edits: 0, isLast: batches.isEmpty)]
      + batches.enumerated().map { index, batch in
        Stage(batches: index + 1, edits: batch.upperBound, isLast: index + 1 == batches.count)
      }
  }
}

/// At which stages something is measured.
struct MeasuringSchedule: Sendable, Equatable {
  /// Whether the unedited model is measured.
  var first = true
  /// Whether the model with all edits is measured.
  var last = true
  /// How many batches come between two measurements of the partly edited model; nil for none of these.
  var interval: Int?

  /// Whether `stage` is one of them.
  func includes(_ stage: Stage) -> Bool {
    if stage.isFirst { return first }
    if stage.isLast, last { return true }
    return interval.map { stage.batches.isMultiple(of: $0) } ?? false
  }
}
