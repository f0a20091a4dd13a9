import Foundation

extension LineChart: Chart {
  /// Points of a line up to which each is marked.
  private static let markedPoints = 60

  func figure(id: String) -> Figure {
    let shown = series.evenlyThinned(to: ReportLimits.series)
    let all = shown.flatMap(\.points).filter(\.isPlottable)
    let isLogarithmic = isLogarithmic(all.map(\.y))
    let drawable = isLogarithmic ? all.filter { $0.y > 0 } : all
    let appearances = shown.indices.map { index in
      colours == .ordered ? Appearance.ordered(index, of: shown.count) : .distinct(index)
    }
    let legend =
      shown.count < 2
      ? []
      : zip(shown, appearances).map { Figure.LegendEntry(name: $0.name, appearance: $1, isLine: true) }
    let notes = notes(
      shown: shown.count, points: shown.reduce(0) { $0 + $1.points.count }, drawn: drawable.count)
    guard let frame = frame(drawable, isLogarithmic: isLogarithmic) else {
      return Figure(drawing: ChartFrame.withoutData(id: id, title: title), legend: legend, notes: notes)
    }
    let drawing = frame.drawing(id: id, title: title, description: description(shown)) {
      for reference in references.prefix(ReportLimits.series) { frame.reference(reference) }
      for (line, appearance) in zip(shown, appearances) { draw(line, appearance, in: frame) }
    }
    return Figure(drawing: drawing, legend: legend, notes: notes, data: data(shown))
  }

  private func isLogarithmic(_ values: [Double]) -> Bool {
    switch verticalScale {
    case .linear: return false
    case .logarithmic: return true
    case .automatic:
      let levels = values + references.map(\.value).filter(\.isPlottable)
      guard let least = levels.min(), let greatest = levels.max() else { return false }
      return least > 0 && greatest > 100 * least
    }
  }

  private func frame(_ points: [ChartPoint], isLogarithmic: Bool) -> ChartFrame? {
    // Positions without a value count too: a run that ends in perplexities that are not finite shall look like one.
    let positions = series.flatMap(\.points).map(\.x).filter(\.isPlottable)
    guard !points.isEmpty, let left = positions.min(), let right = positions.max() else { return nil }
    var y = ChartFrame.Axis(title: yTitle, kind: isLogarithmic ? .logarithmic : .linear, lower: 0, upper: 1)
    let levels = references.map(\.value).filter { $0.isPlottable && (!isLogarithmic || $0 > 0) }
    let values = points.map(\.y) + levels
    (y.lower, y.upper) = (values.min() ?? 0, values.max() ?? 1)
    if let yRange, yRange.lowerBound.isPlottable, yRange.upperBound.isPlottable,
      yRange.lowerBound < yRange.upperBound, !isLogarithmic || yRange.lowerBound > 0
    {
      // A point beyond the range widens it: at its edge it would look like another value.
      y.endsAtTicks = y.lower < yRange.lowerBound || y.upper > yRange.upperBound
      (y.lower, y.upper) = (min(y.lower, yRange.lowerBound), max(y.upper, yRange.upperBound))
    } else {
      if !isLogarithmic { y.lower = Self.start(y.lower, y.upper) }
      y.endsAtTicks = true
    }
    return ChartFrame(
      x: ChartFrame.Axis(title: xTitle, lower: Self.start(left, right), upper: right), y: y)
  }

  /// Where an axis of values from `lower` to `upper` begins: at zero where that is near, so that lengths can be compared.
  private static func start(_ lower: Double, _ upper: Double) -> Double {
    lower > 0 && lower < upper / 2 ? 0 : lower
  }

  private func draw(_ line: ChartSeries, _ appearance: Appearance, in frame: ChartFrame) -> Markup {
    let points = line.points.thinned(to: ReportLimits.pointsOfLine)
    let path = PathText.line(points.map(frame.position))
    guard !path.isEmpty else { return .empty }
    let radius = series.count > Appearance.colours ? 1.8 : 2.6
    return Markup("g", ["class": "series", "style": appearance.style]) {
      Markup("path", ["class": appearance.isDashed ? "line dashed" : "line", "d": path]) {
        Markup("title") { line.name.clipped(to: 200) }
      }
      if points.count <= Self.markedPoints {
        for point in points {
          if let (x, y) = frame.position(point) {
            Markup("path", ["class": "point", "d": appearance.marker(x, y, radius: radius)]) {
              Markup("title") {
                "\(line.name.clipped(to: 200)) · \(xTitle) \(NumberText.significant(point.x, digits: 6)): "
                  + NumberText.significant(point.y)
              }
            }
          }
        }
      }
    }
  }

  private func notes(shown: Int, points: Int, drawn: Int) -> [String] {
    var notes: [String] = []
    if shown < series.count {
      notes.append("\(NumberText.count(shown)) of \(NumberText.count(series.count)) lines are shown.")
    }
    if drawn < points {
      let left = points - drawn
      notes.append(
        left == 1
          ? "1 value is not finite or has no place on the scale and is left out."
          : "\(NumberText.count(left)) values are not finite or have no place on the scale and are left out.")
    }
    return notes
  }

  private func description(_ shown: [ChartSeries]) -> String {
    let lines = shown.prefix(8).compactMap { line -> String? in
      let points = line.points.filter(\.isPlottable)
      guard let first = points.first, let last = points.last else { return nil }
      return
        "\(line.name.clipped(to: 80)) from \(NumberText.significant(first.y)) to \(NumberText.significant(last.y))"
    }
    return "\(yTitle) over \(xTitle): \(lines.joined(separator: "; "))."
  }

  private func data(_ shown: [ChartSeries]) -> Figure.DataTable {
    let columns = shown.map { line in
      Dictionary(line.points.filter { $0.x.isFinite }.map { ($0.x, $0.y) }) { $1 }
    }
    let positions = Set(columns.flatMap(\.keys)).sorted().evenlyThinned(to: ReportLimits.dataRows)
    return Figure.DataTable(
      header: [xTitle] + shown.map(\.name),
      rows: positions.map { position in
        [NumberText.significant(position, digits: 6)]
          + columns.map { $0[position].map { NumberText.significant($0) } ?? "" }
      })
  }
}
