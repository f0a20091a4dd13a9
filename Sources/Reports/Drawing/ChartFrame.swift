/// The part of a drawing that all charts have: the area for the data, its axes with ticks, titles and grid lines.
struct ChartFrame: Sendable {
  /// Units of the drawing from its left to its right; the style sheet's text is twelve units high.
  static let width = 440.0

  /// What an axis needs to know before its place in the drawing is known.
  struct Axis: Sendable {
    var title: String
    var kind = Scale.Kind.linear
    /// The least and the greatest value.
    var lower: Double
    var upper: Double
    /// Whether the axis shall end at ticks.
    var endsAtTicks = false
  }

  let height: Double
  /// The edges of the area for the data.
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let x: Scale
  let y: Scale
  private let xTitle: String
  private let yTitle: String
  private let xTicks: [Tick]
  private let yTicks: [Tick]

  /// A drawing of `height` units with room of `above` and `beside` the data for more than axes.
  init(x: Axis, y: Axis, height: Double = 276, above: Double = 0, beside: Double = 0) {
    let tickCount = 5
    (xTitle, yTitle) = (x.title.clipped(to: 60), y.title.clipped(to: 60))
    self.height = height
    top = 30 + above
    bottom = height - 42
    var vertical = Scale(y.kind, from: y.lower, to: y.upper, start: bottom, end: top)
    if y.endsAtTicks { vertical = vertical.extendedToTicks(tickCount) }
    self.y = vertical
    yTicks = vertical.ticks(tickCount)
    left = 14 + (yTicks.map { Self.textWidth($0.label) }.max() ?? 20)

    let provisional = Scale(x.kind, from: x.lower, to: x.upper, start: 0, end: 1).ticks(tickCount)
    right =
      Self.width - max(beside, max(10, (provisional.last.map { Self.textWidth($0.label) } ?? 0) / 2 + 2))
    var horizontal = Scale(x.kind, from: x.lower, to: x.upper, start: left, end: right)
    if x.endsAtTicks { horizontal = horizontal.extendedToTicks(tickCount) }
    self.x = horizontal
    xTicks = horizontal.ticks(tickCount)
  }

  /// Where `point` lies; `nil` if it cannot be drawn.
  func position(_ point: ChartPoint) -> (x: Double, y: Double)? {
    guard let x = x.position(point.x), let y = y.position(point.y) else { return nil }
    return (x, y)
  }

  /// The drawing: `content` over the axes, with `title` and `description` for readers who do not see it.
  func drawing(
    id: String, title: String, description: String, @MarkupBuilder content: () -> Markup
  ) -> Markup {
    Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img",
        "viewBox": "0 0 \(PathText.number(Self.width)) \(PathText.number(height))",
        "aria-labelledby": "\(id)-title \(id)-description",
      ]
    ) {
      Markup("title", ["id": "\(id)-title"]) { title }
      Markup("desc", ["id": "\(id)-description"]) { description }
      axes
      content()
    }
  }

  /// A text at a place; `anchor`: which end of it is there.
  static func text(
    _ text: String, x: Double, y: Double, class name: String, anchor: String? = nil
  ) -> Markup {
    Markup(
      "text", ["class": name, "x": PathText.number(x), "y": PathText.number(y), "text-anchor": anchor]
    ) { text }
  }

  /// A straight line.
  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String
  ) -> Markup {
    Markup(
      "line",
      [
        "class": name, "x1": PathText.number(x1), "y1": PathText.number(y1), "x2": PathText.number(x2),
        "y2": PathText.number(y2),
      ])
  }

  /// A level across the chart with its label above the right end; nothing if it is outside the chart.
  func reference(_ line: ReferenceLine) -> Markup {
    guard (y.lower...y.upper).contains(line.value), let height = y.position(line.value) else { return .empty }
    let isNearTop = height - top < 14
    return Markup("g") {
      Self.line(left, height, right, height, class: "reference")
      Self.text(
        line.label.clipped(to: 40), x: right - 4, y: isNearTop ? height + 14 : height - 5, class: "label",
        anchor: "end")
    }
  }

  /// What is drawn where there is nothing to draw.
  static func withoutData(id: String, title: String) -> Markup {
    Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img",
        "viewBox": "0 0 \(PathText.number(width)) 90", "aria-labelledby": "\(id)-title",
      ]
    ) {
      Markup("title", ["id": "\(id)-title"]) { "\(title): no data" }
      text("no data", x: width / 2, y: 50, class: "tick", anchor: "middle")
    }
  }

  private var axes: Markup {
    Markup("g", ["class": "axes"]) {
      for tick in yTicks {
        if let position = y.position(tick.value) {
          Self.line(left, position, right, position, class: "grid")
          Self.text(tick.label, x: left - 6, y: position + 4, class: "tick", anchor: "end")
        }
      }
      Self.line(left, bottom, right, bottom, class: "axis")
      for tick in xTicks {
        if let position = x.position(tick.value) {
          Self.line(position, bottom, position, bottom + 4, class: "axis")
          Self.text(tick.label, x: position, y: bottom + 17, class: "tick", anchor: "middle")
        }
      }
      Self.text(xTitle, x: right, y: bottom + 35, class: "axis-title", anchor: "end")
      Self.text(yTitle, x: 2, y: 13, class: "axis-title")
    }
  }

  /// About how wide a label is; digits of the usual typefaces are 0.56 of their size wide.
  private static func textWidth(_ text: String) -> Double { 6.8 * Double(text.unicodeScalars.count) }
}
