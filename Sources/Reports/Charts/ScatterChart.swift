/// Clouds of points in two dimensions, with the density of each along both axes: hidden states before and after, say, in
/// the plane of their first two principal components.
public struct ScatterChart: Sendable {
  /// The heading.
  public var title: String
  /// A sentence below the heading.
  public var caption: String?
  /// What the horizontal axis shows.
  public var xTitle: String
  /// What the vertical axis shows.
  public var yTitle: String
  /// The clouds, drawn over one another in this order.
  public var clouds: [ChartSeries]

  /// A chart of `clouds`.
  public init(
    title: String, caption: String? = nil, xTitle: String = "first principal component",
    yTitle: String = "second principal component", clouds: [ChartSeries]
  ) {
    self.title = title
    self.caption = caption
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.clouds = clouds
  }

  /// A layer's hidden states of the same facts before and after the edits, projected onto two dimensions.
  public static func drift(
    layer: Int, before: [ChartPoint], after: [ChartPoint], caption: String? = nil
  ) -> ScatterChart {
    ScatterChart(
      title: "Layer \(layer)", caption: caption,
      clouds: [ChartSeries("before editing", before), ChartSeries("after editing", after)])
  }
}
