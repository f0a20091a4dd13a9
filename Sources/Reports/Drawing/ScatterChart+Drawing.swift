import Foundation

extension ScatterChart: Chart {
  /// Units of the drawing for the densities above and beside the cloud.
  private static let densityHeight = 44.0

  func figure(id: String) -> Figure {
    let shown = clouds.prefix(ReportLimits.series).map { cloud in
      ChartSeries(cloud.name, cloud.points.filter(\.isPlottable))
    }
    let appearances = shown.indices.map { Appearance.distinct($0) }
    let legend = zip(shown, appearances).map {
      Figure.LegendEntry(name: $0.name, appearance: $1, isLine: false)
    }
    let all = shown.flatMap(\.points)
    guard let frame = frame(all) else {
      return Figure(
        drawing: ChartFrame.withoutData(id: id, title: title), legend: legend, notes: notes(shown))
    }
    let drawing = frame.drawing(id: id, title: title, description: description(shown)) {
      for (cloud, appearance) in zip(shown, appearances) { draw(cloud, appearance, in: frame) }
      densities(shown, appearances, in: frame)
      for (cloud, appearance) in zip(shown, appearances) { mean(of: cloud, appearance, in: frame) }
    }
    return Figure(drawing: drawing, legend: legend, notes: notes(shown), data: data(shown))
  }

  private func frame(_ points: [ChartPoint]) -> ChartFrame? {
    guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
      let low = points.map(\.y).min(), let high = points.map(\.y).max()
    else { return nil }
    let (roomX, roomY) = (0.04 * (right - left), 0.04 * (high - low))
    return ChartFrame(
      x: ChartFrame.Axis(title: xTitle, lower: left - roomX, upper: right + roomX),
      y: ChartFrame.Axis(title: yTitle, lower: low - roomY, upper: high + roomY), height: 400,
      above: Self.densityHeight - 8, beside: Self.densityHeight + 4)
  }

  private func draw(_ cloud: ChartSeries, _ appearance: Appearance, in frame: ChartFrame) -> Markup {
    let points = cloud.points.evenlyThinned(to: ReportLimits.pointsOfCloud).compactMap(frame.position)
    return Markup("g", ["class": "series", "style": appearance.style]) {
      Markup(
        "path", ["class": "cloud", "d": points.map { appearance.marker($0.x, $0.y, radius: 2.1) }.joined()])
    }
  }

  private func mean(of cloud: ChartSeries, _ appearance: Appearance, in frame: ChartFrame) -> Markup {
    guard let centre = Moments(cloud.points)?.mean, let (x, y) = frame.position(centre) else { return .empty }
    return Markup("g", ["class": "series", "style": appearance.style]) {
      Markup("path", ["class": "mean", "d": appearance.marker(x, y, radius: 6)]) {
        Markup("title") { "mean, \(cloud.name.clipped(to: 200))" }
      }
    }
  }

  private func densities(
    _ clouds: [ChartSeries], _ appearances: [Appearance], in frame: ChartFrame
  ) -> Markup {
    let samples = clouds.map { $0.points.evenlyThinned(to: ReportLimits.pointsOfCloud) }
    let along = samples.map { Density(of: $0.map(\.x), from: frame.x.lower, to: frame.x.upper) }
    let across = samples.map { Density(of: $0.map(\.y), from: frame.y.lower, to: frame.y.upper) }
    let (tallest, widest) = (greatest(of: along), greatest(of: across))
    return Markup("g") {
      for (index, appearance) in appearances.enumerated() {
        let above = outline(along[index], scale: frame.x).map {
          (x: $0.position, y: frame.top - 3 - $0.share(tallest))
        }
        let beside = outline(across[index], scale: frame.y).map {
          (x: frame.right + 3 + $0.share(widest), y: $0.position)
        }
        Markup("g", ["class": "series", "style": appearance.style]) {
          Markup("path", ["class": "density", "d": PathText.line(above)])
          Markup("path", ["class": "density", "d": PathText.line(beside)])
        }
      }
    }
  }

  private func greatest(of densities: [Density]) -> Double { densities.flatMap(\.heights).max() ?? 0 }

  /// The density's outline from its foot at the lower end of the axis to its foot at the upper end.
  private func outline(_ density: Density, scale: Scale) -> [OutlinePoint] {
    guard let first = density.positions.first, let last = density.positions.last else { return [] }
    let positions = [first] + density.positions + [last]
    let heights = [0] + density.heights + [0]
    return zip(positions, heights).compactMap { position, height in
      scale.position(position).map { OutlinePoint(position: $0, height: height) }
    }
  }

  private struct OutlinePoint {
    var position: Double
    var height: Double

    /// The height in units of the drawing, if `greatest` is as high as there is room.
    func share(_ greatest: Double) -> Double {
      greatest > 0 ? (ScatterChart.densityHeight - 8) * height / greatest : 0
    }
  }

  private func notes(_ shown: [ChartSeries]) -> [String] {
    var notes: [String] = []
    let left = clouds.reduce(0) { $0 + $1.points.count } - shown.reduce(0) { $0 + $1.points.count }
    if left > 0 { notes.append("Points that are not finite and left out: \(NumberText.count(left)).") }
    if shown.contains(where: { $0.points.count > ReportLimits.pointsOfCloud }) {
      notes.append("Of each cloud \(NumberText.count(ReportLimits.pointsOfCloud)) points are drawn.")
    }
    return notes
  }

  private func description(_ shown: [ChartSeries]) -> String {
    shown.prefix(8).compactMap { cloud in
      Moments(cloud.points).map { moments in
        "\(cloud.name.clipped(to: 80)): \(NumberText.count(cloud.points.count)) points around "
          + "(\(NumberText.significant(moments.mean.x, digits: 3)), \(NumberText.significant(moments.mean.y, digits: 3)))."
      }
    }.joined(separator: " ")
  }

  private func data(_ shown: [ChartSeries]) -> Figure.DataTable {
    Figure.DataTable(
      header: ["", "points", "mean, first", "mean, second", "deviation, first", "deviation, second"],
      rows: shown.map { cloud in
        [cloud.name, NumberText.count(cloud.points.count)]
          + (Moments(cloud.points).map { moments in
            [moments.mean.x, moments.mean.y, moments.deviation.x, moments.deviation.y]
              .map { NumberText.significant($0) }
          } ?? Array(repeating: NumberText.missing, count: 4))
      })
  }
}

/// The mean and the deviation of points.
private struct Moments {
  var mean: ChartPoint
  var deviation: ChartPoint

  /// `nil` where there are no points.
  init?(_ points: [ChartPoint]) {
    guard !points.isEmpty else { return nil }
    let count = Double(points.count)
    let mean = ChartPoint(points.reduce(0) { $0 + $1.x / count }, points.reduce(0) { $0 + $1.y / count })
    self.mean = mean
    deviation = ChartPoint(
      (points.reduce(0) { $0 + ($1.x - mean.x) * ($1.x - mean.x) } / count).squareRoot(),
      (points.reduce(0) { $0 + ($1.y - mean.y) * ($1.y - mean.y) } / count).squareRoot())
  }
}
