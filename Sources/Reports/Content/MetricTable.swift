/// Metrics in rows, models or runs in columns.
public struct MetricTable: Sendable {
  /// A model: the unedited one, or one that a run has edited.
  public struct Column: Sendable {
    /// The heading, such as `after 2,000 edits`.
    public var name: String
    /// A heading above this column and its neighbours of the same group, such as `MEMIT`.
    public var group: String?
    /// Whether the other columns are told as differences from this one too.
    public var isBaseline: Bool

    /// A column.
    public init(_ name: String, group: String? = nil, isBaseline: Bool = false) {
      self.name = name
      self.group = group
      self.isBaseline = isBaseline
    }
  }

  /// Which of two values of a metric is the better one.
  public enum Direction: Sendable {
    /// The higher.
    case higher
    /// The lower.
    case lower
  }

  /// The value of a metric for one column.
  public struct Value: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The mean, in the unit of the row. Not finite: shown as a dash.
    public var mean: Double
    /// The deviation over the records, in the same unit.
    public var deviation: Double?

    /// A value.
    public init(_ mean: Double, deviation: Double? = nil) {
      self.mean = mean
      self.deviation = deviation
    }

    /// A value without deviation.
    public init(floatLiteral value: Double) { self.init(value) }

    /// A value without deviation.
    public init(integerLiteral value: Int) { self.init(Double(value)) }
  }

  /// One metric.
  public struct Row: Sendable {
    /// What the metric is called, such as `Efficacy`.
    public var name: String
    /// One sentence that says what is measured.
    public var explanation: String
    /// A value for each column; `nil` or missing where it was not measured.
    public var values: [Value?]
    /// The unit behind the name, such as `%`.
    public var unit: String?
    /// Which value is better; `nil`: neither.
    public var better: Direction?
    /// Digits after the point, 0...12.
    public var decimals: Int

    /// A metric.
    public init(
      _ name: String, _ explanation: String, _ values: [Value?], unit: String? = "%",
      better: Direction? = nil, decimals: Int = 1
    ) {
      self.name = name
      self.explanation = explanation
      self.values = values
      self.unit = unit
      self.better = better
      self.decimals = decimals
    }
  }

  /// Metrics that belong together.
  public struct Group: Sendable {
    /// The heading, such as `General ability`.
    public var title: String
    /// The metrics.
    public var rows: [Row]

    /// Metrics under the heading `title`.
    public init(_ title: String, rows: [Row]) {
      self.title = title
      self.rows = rows
    }
  }

  /// The caption.
  public var title: String?
  /// The columns after the metric's name.
  public var columns: [Column]
  /// The rows.
  public var groups: [Group]

  /// A table.
  public init(title: String? = nil, columns: [Column], groups: [Group]) {
    self.title = title
    self.columns = columns
    self.groups = groups
  }
}
