/// Lines over a common horizontal axis.
public struct LineChart: Sendable {
  /// How values are laid out along the vertical axis.
  public enum VerticalScale: Sendable {
    /// Evenly.
    case linear
    /// By their logarithm; values up to zero are left out.
    case logarithmic
    /// By their logarithm if all are above zero and the greatest is over a hundred times the least.
    case automatic
  }

  /// How lines are told apart.
  public enum Colours: Sendable {
    /// By colours as different as can be, also for the colour-blind, and by the shape of their points.
    case distinct
    /// By a ramp from the first line to the last, for lines that have an order.
    case ordered
  }

  /// The heading.
  public var title: String
  /// A sentence below the heading.
  public var caption: String?
  /// What the horizontal axis shows, with its unit.
  public var xTitle: String
  /// What the vertical axis shows, with its unit.
  public var yTitle: String
  /// The lines.
  public var series: [ChartSeries]
  /// The layout of the vertical axis.
  public var verticalScale: VerticalScale = .linear
  /// What the vertical axis shows at least; points beyond it widen it. `nil`: what the points need. A range that is empty
  /// or not finite counts as `nil`.
  public var yRange: ClosedRange<Double>?
  /// Levels to compare with.
  public var references: [ReferenceLine] = []
  /// How the lines are told apart.
  public var colours: Colours = .distinct

  /// A chart with a linear vertical axis as long as its points need.
  public init(
    title: String, caption: String? = nil, xTitle: String = "edits made", yTitle: String,
    series: [ChartSeries]
  ) {
    self.title = title
    self.caption = caption
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.series = series
  }

  /// The retention curve of `metric`: for each cohort of edits, in their order, points (edits made so far, the cohort's
  /// metric then in percent).
  public static func retention(_ metric: String, cohorts: [ChartSeries]) -> LineChart {
    var chart = LineChart(title: metric, yTitle: "mean of the cohort, %", series: cohorts)
    chart.yRange = 0...100
    chart.colours = .ordered
    return chart
  }

  /// The ability curve of `measure` (F1, accuracy): for each task, points (edits made so far, the measure in percent).
  public static func ability(_ measure: String, tasks: [ChartSeries]) -> LineChart {
    var chart = LineChart(title: measure, yTitle: "\(measure), %", series: tasks)
    chart.yRange = 0...100
    return chart
  }

  /// Points (edits made so far, perplexity on held-back text).
  public static func perplexity(_ points: [ChartPoint]) -> LineChart {
    var chart = LineChart(
      title: "Perplexity", yTitle: "perplexity", series: [ChartSeries("perplexity", points)])
    chart.verticalScale = .automatic
    return chart
  }

  /// The growth of the change: for each layer, in their order, points (edits made so far, ‖ΔW‖ / ‖W‖ with Frobenius
  /// norms, a fraction).
  public static func normGrowth(layers: [ChartSeries]) -> LineChart {
    var chart = LineChart(title: "Relative size of the change", yTitle: "‖ΔW‖ / ‖W‖", series: layers)
    chart.colours = .ordered
    return chart
  }
}
