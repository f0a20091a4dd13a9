/// What a report of an evaluation run shows: plain values, from which ``html()`` makes one self-contained page.
///
/// Only the title is needed; a section without content is left out of the page.
///
/// ```swift
/// var content = ReportContent(title: "AlphaEdit on gpt2-xl", subtitle: "2,000 CounterFact edits in batches of 100")
/// content.metrics = [
///   MetricTable(
///     columns: [.init("Unedited", isBaseline: true), .init("AlphaEdit")],
///     groups: [
///       .init("Editing", rows: [
///         .init("Efficacy", "How often the new target is likelier than the old one.", [22.2, 98.1], better: .higher)
///       ])
///     ])
/// ]
/// content.perplexity = [.perplexity([ChartPoint(0, 24.1), ChartPoint(100, 24.3)])]
/// let page = content.html()
/// ```
public struct ReportContent: Sendable {
  /// The heading of the page and of its browser tab.
  public var title: String
  /// One line below the heading.
  public var subtitle: String?
  /// What the reader must know before believing the numbers, one sentence each.
  public var warnings: [String] = []
  /// The metrics of the edited model against the unedited one, or of several runs side by side.
  public var metrics: [MetricTable] = []
  /// How earlier cohorts of edits fare as more are made, one chart per metric: see ``LineChart/retention(_:cohorts:)``.
  public var retention: [LineChart] = []
  /// General ability over the number of edits, one chart per measure: see ``LineChart/ability(_:tasks:)``.
  public var ability: [LineChart] = []
  /// Perplexity on held-back text over the number of edits: see ``LineChart/perplexity(_:)``.
  public var perplexity: [LineChart] = []
  /// How far the weights have moved, per layer: see ``LineChart/normGrowth(layers:)``.
  public var normGrowth: [LineChart] = []
  /// The spectrum of each edited layer's keys and where the null space begins.
  public var spectra: [SpectrumChart] = []
  /// Hidden states of known facts before and after.
  public var drift: [ScatterChart] = []
  /// A sample of facts with the text before and after.
  public var facts: [FactSample] = []
  /// The settings of the run or runs.
  public var settings: [SettingsGroup] = []
  /// A line at the foot of the page, such as the program's version.
  public var footer: String?

  /// A report without content yet.
  public init(title: String, subtitle: String? = nil) {
    self.title = title
    self.subtitle = subtitle
  }

  /// The page: one HTML document (UTF-8 when written) that loads nothing and holds no script. It is well-formed XML,
  /// escapes all text, and is the same for the same content. Its size is bounded: see ``ReportLimits``.
  public func html() -> String { Page(content: self).source }
}

/// How much of a list or text a report shows; it says so where it leaves something out.
public enum ReportLimits {
  /// Points of a line that are drawn; of more, the least and greatest of each stretch.
  public static let pointsOfLine = 1000
  /// Points of a cloud that are drawn.
  public static let pointsOfCloud = 2000
  /// Lines or clouds of a chart.
  public static let series = 64
  /// Charts of a section.
  public static let charts = 128
  /// Rows of the data table below a chart.
  public static let dataRows = 100
  /// Fact samples.
  public static let facts = 200
  /// Unicode scalars of a text.
  public static let textLength = 2000
  /// Rows of a metric table or of a group of settings; columns of a metric table; tables; groups; warnings.
  public static let rows = 200
}
