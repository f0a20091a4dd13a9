import Foundation

extension SpectrumChart: Chart {
  /// Decades below the greatest eigenvalue that are drawn: the precision of 64-bit numbers.
  private static let drawnDecades = 1e-16

  func figure(id: String) -> Figure {
    let sorted = eigenvalues.filter(\.isPlottable).sorted(by: >)
    // Below the least positive normal number over the precision, their ratio would not be a number.
    guard let greatest = sorted.first, greatest > 1e-100 else {
      return Figure(drawing: ChartFrame.withoutData(id: id, title: title), notes: notes(drawn: 0))
    }
    let floor = greatest * Self.drawnDecades
    let drawn = Array(sorted.prefix { $0 >= floor })
    let count = sorted.count + unknownCount
    let cut = threshold.flatMap { $0.isPlottable && $0 >= floor ? $0 : nil }
    let frame = ChartFrame(
      x: ChartFrame.Axis(title: "rank of the eigenvalue", lower: 1, upper: Double(max(2, count))),
      y: ChartFrame.Axis(
        title: "eigenvalue", kind: .logarithmic, lower: min(drawn.last ?? greatest, cut ?? greatest),
        upper: max(greatest, cut ?? greatest), endsAtTicks: true))
    let points = drawn.enumerated().map { ChartPoint(Double($0.offset + firstRank), $0.element) }
    let drawing = frame.drawing(id: id, title: title, description: description(sorted)) {
      nullSpace(of: count, in: frame)
      Markup("g", ["class": "series", "style": Appearance.distinct(0).style]) {
        Markup(
          "path",
          [
            "class": "line",
            "d": PathText.line(points.thinned(to: ReportLimits.pointsOfLine).map(frame.position)),
          ])
      }
      if let cut { threshold(cut, in: frame) }
    }
    return Figure(drawing: drawing, notes: notes(drawn: drawn.count), data: data(sorted))
  }

  private var dimension: Int? { nullSpaceDimension.map { min(max($0, 0), width) } }

  private var unknownCount: Int { max(0, width - eigenvalues.count) }

  private func nullSpace(of count: Int, in frame: ChartFrame) -> Markup {
    guard let dimension, dimension > 0, let start = frame.x.position(Double(count - dimension) + 0.5) else {
      return .empty
    }
    return Markup("g", ["style": Appearance.distinct(2).style]) {
      Markup(
        "rect",
        [
          "class": "area", "x": PathText.number(start), "y": PathText.number(frame.top),
          "width": PathText.number(frame.right - start), "height": PathText.number(frame.bottom - frame.top),
        ])
      ChartFrame.text(
        "null space: \(NumberText.count(dimension))", x: frame.right - 5, y: frame.top + 15, class: "label",
        anchor: "end")
    }
  }

  private func threshold(_ cut: Double, in frame: ChartFrame) -> Markup {
    guard let height = frame.y.position(cut) else { return .empty }
    // The curve is above the line on the left and below it on the right; the label goes where it is not.
    let isOnRight = Double(dimension ?? 0) > 0.4 * Double(width) && height - frame.top > 36
    let isBelow = !isOnRight && frame.bottom - height > 18
    return Markup("g", ["style": Appearance.distinct(1).style]) {
      ChartFrame.line(frame.left, height, frame.right, height, class: "cut")
      ChartFrame.text(
        "threshold \(NumberText.significant(cut, digits: 3))",
        x: isOnRight ? frame.right - 5 : frame.left + 5,
        y: isBelow ? height + 14 : height - 5, class: "label", anchor: isOnRight ? "end" : nil)
    }
  }

  private func notes(drawn: Int) -> [String] {
    var notes: [String] = []
    if let dimension, width > 0 {
      let share = 100 * Double(dimension) / Double(width)
      notes.append(
        "Null space: \(NumberText.count(dimension)) of \(NumberText.count(width)) dimensions "
          + "(\(NumberText.fixed(share, decimals: 1)) %).")
    }
    if unknownCount > 0 {
      notes.append(
        "Only the \(NumberText.count(eigenvalues.count)) eigenvalues on one side of the null space's boundary were computed."
      )
    }
    if drawn < eigenvalues.count {
      let left = NumberText.count(eigenvalues.count - drawn)
      notes.append("Not drawn, as zero up to rounding or not finite: \(left).")
    }
    return notes
  }

  private func description(_ sorted: [Double]) -> String {
    "\(NumberText.count(sorted.count)) eigenvalues from \(NumberText.significant(sorted.first ?? 0)) "
      + "to \(NumberText.significant(sorted.last ?? 0)) on a logarithmic scale. "
      + notes(drawn: eigenvalues.count).joined(separator: " ")
  }

  private func data(_ sorted: [Double]) -> Figure.DataTable {
    let ranks = Array(sorted.indices).evenlyThinned(to: 25)
    return Figure.DataTable(
      header: ["rank", "eigenvalue"],
      rows: ranks.map { [NumberText.count($0 + firstRank), NumberText.significant(sorted[$0])] })
  }
}
