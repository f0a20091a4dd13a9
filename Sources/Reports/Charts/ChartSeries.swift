/// A point of a chart, in the units of its axes. A point that is not finite is left out.
public struct ChartPoint: Sendable, Equatable {
  /// The position along the horizontal axis.
  public var x: Double
  /// The position along the vertical axis.
  public var y: Double

  /// A point.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  /// Whether the point can be drawn. The bound keeps differences and products of coordinates finite.
  var isPlottable: Bool { x.isPlottable && y.isPlottable }
}

/// A line or a cloud of points with its name.
public struct ChartSeries: Sendable, Equatable {
  /// The name in the legend.
  public var name: String
  /// The points; of a line in the order in which they are joined.
  public var points: [ChartPoint]

  /// Points under a name.
  public init(_ name: String, _ points: [ChartPoint]) {
    self.name = name
    self.points = points
  }
}

/// A level to compare a line with, drawn across the chart.
public struct ReferenceLine: Sendable, Equatable {
  /// Its height on the vertical axis.
  public var value: Double
  /// What it is, such as `unedited`.
  public var label: String

  /// A level.
  public init(_ value: Double, label: String) {
    self.value = value
    self.label = label
  }
}

extension Double {
  /// Whether the number is finite and small enough for differences and products of coordinates to be finite.
  var isPlottable: Bool { isFinite && magnitude < 1e100 }
}
