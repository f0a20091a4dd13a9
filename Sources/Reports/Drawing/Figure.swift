/// A chart that can be drawn.
protocol Chart: Sendable {
  /// The heading.
  var title: String { get }
  /// A sentence below the heading.
  var caption: String? { get }
  /// The chart drawn; `id` begins the identifiers of its elements.
  func figure(id: String) -> Figure
}

/// A drawn chart with what stands around it.
struct Figure: Sendable {
  /// An entry of the legend.
  struct LegendEntry: Sendable, Equatable {
    var name: String
    var appearance: Appearance
    /// Whether points are joined.
    var isLine: Bool
  }

  /// The numbers behind a chart.
  struct DataTable: Sendable {
    /// The column headings.
    var header: [String]
    /// The rows.
    var rows: [[String]]
  }

  /// The drawing.
  var drawing: Markup
  /// The legend; empty where there is nothing to tell apart.
  var legend: [LegendEntry] = []
  /// What the drawing shows in numbers or leaves out, one sentence each.
  var notes: [String] = []
  /// The numbers.
  var data: DataTable?
}
