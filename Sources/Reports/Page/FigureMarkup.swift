/// Charts with their headings, legends, notes and numbers.
enum FigureMarkup {
  /// Entries of a legend of ordered lines up to which each is named; beyond, the ramp is shown with its ends.
  private static let namedSteps = 12

  /// `charts` beside one another where there is room. A legend that all have in common stands once, above them.
  static func grid(_ charts: [any Chart], id: String) -> Markup {
    let figures = charts.prefix(ReportLimits.charts).enumerated().map { index, chart in
      (chart: chart, figure: chart.figure(id: "\(id)-\(index + 1)"))
    }
    let legends = figures.map(\.figure.legend)
    let isShared = legends.count > 1 && legends.allSatisfy { $0 == legends[0] }
    return Markup([
      isShared ? legend(legends[0]) : .empty,
      Markup("div", ["class": "figures"]) {
        for (chart, figure) in figures {
          Markup("figure") {
            Markup("figcaption") {
              Markup("h3") { chart.title.clipped(to: 200) }
              if let caption = chart.caption {
                Markup("p") { caption.clipped(to: ReportLimits.textLength) }
              }
            }
            if !isShared { legend(figure.legend) }
            figure.drawing
            for note in figure.notes { Markup("p", ["class": "note"]) { note } }
            if let data = figure.data { table(data, of: chart.title) }
          }
        }
      },
      omission(shown: ReportLimits.charts, of: charts.count, "charts"),
    ])
  }

  private static func legend(_ entries: [Figure.LegendEntry]) -> Markup {
    guard let first = entries.first, let last = entries.last else { return .empty }
    let isOrdered = first.appearance == .ordered(0, of: entries.count) && entries.count > 1
    if isOrdered, entries.count > namedSteps {
      return Markup("p", ["class": "legend ramp"]) {
        Markup("span") { first.name.clipped(to: 80) }
        Markup("span", ["class": "gradient", "aria-hidden": "true"])
        Markup("span") { "\(last.name.clipped(to: 80)) (\(NumberText.count(entries.count)) lines)" }
      }
    }
    return Markup("ul", ["class": "legend"]) {
      for entry in entries {
        Markup("li", ["style": entry.appearance.style]) {
          key(entry)
          Markup("bdi") { entry.name.clipped(to: 80) }
        }
      }
    }
  }

  private static func key(_ entry: Figure.LegendEntry) -> Markup {
    Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "key series", "viewBox": "0 0 22 12",
        "aria-hidden": "true",
      ]
    ) {
      if entry.isLine {
        Markup("path", ["class": entry.appearance.isDashed ? "line dashed" : "line", "d": "M1 6L21 6"])
      }
      Markup("path", ["class": "point", "d": entry.appearance.marker(11, 6, radius: 3.4)])
    }
  }

  private static func table(_ data: Figure.DataTable, of title: String) -> Markup {
    Markup("details") {
      Markup("summary") {
        "Numbers"
        Markup("span", ["class": "unseen"]) { " of \(title.clipped(to: 200))" }
      }
      Markup("div", ["class": "scroll", "tabindex": "0"]) {
        Markup("table", ["class": "data"]) {
          Markup("thead") {
            Markup("tr") {
              for heading in data.header { Markup("th", ["scope": "col"]) { heading.clipped(to: 80) } }
            }
          }
          Markup("tbody") {
            for row in data.rows {
              Markup("tr") {
                for cell in row { Markup("td") { cell.clipped(to: 80) } }
              }
            }
          }
        }
      }
    }
  }
}
