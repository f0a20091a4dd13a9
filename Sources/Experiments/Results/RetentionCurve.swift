import StrictJSON

/// How edits fare as more are made: the means of each cohort of records, measured again and again.
///
/// A cohort is what was edited between two measurements.
public struct RetentionCurve: Sendable {
  /// A cohort at one moment.
  public struct Cohort: Sendable {
    /// The places of its records in the data set.
    public let records: Range<Int>
    /// The mean of each figure over its records, in the order of ``RetentionCurve/figures``; nil where none has it.
    public let means: [Double?]
  }

  /// One moment.
  public struct Point: Sendable {
    /// How many facts had been written.
    public let edits: Int
    /// The cohorts so far, the earliest first.
    public let cohorts: [Cohort]
  }

  /// What was measured.
  public let figures: [RecordFigure]
  /// The moments, ascending; the first is the unedited model, with all cohorts.
  public let points: [Point]

  /// The contents of `retention.json`.
  var json: JSON {
    func means(_ cohort: Cohort) -> [JSONObject.Member] {
      zip(figures, cohort.means).map { (JSONString($0.name), $1.map { JSON($0) } ?? .null) }
    }
    let points = points.map { point -> JSON in
      let cohorts = point.cohorts.map { cohort -> JSON in
        let place: [JSONObject.Member] = [
          ("first_record", JSON(cohort.records.lowerBound)), ("records", JSON(cohort.records.count)),
        ]
        return .object(JSONObject(place + means(cohort)))
      }
      return ["edits": JSON(point.edits), "cohorts": JSON(cohorts)]
    }
    return ["curve": JSON(points)]
  }
}
