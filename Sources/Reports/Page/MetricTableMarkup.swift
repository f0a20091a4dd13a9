/// Metric tables.
enum MetricTableMarkup {
  /// `tables`, one after the other.
  static func tables(_ tables: [MetricTable]) -> Markup {
    Markup([
      Markup(tables.prefix(ReportLimits.rows).map(markup)),
      omission(shown: ReportLimits.rows, of: tables.count, "tables"),
    ])
  }

  private static func markup(_ table: MetricTable) -> Markup {
    let columns = Array(table.columns.prefix(ReportLimits.rows))
    let rows = table.groups.reduce(0) { $0 + $1.rows.count }
    var left = ReportLimits.rows
    let groups = table.groups.prefix(ReportLimits.rows).map { group in
      let shown = group.rows.prefix(left)
      left -= shown.count
      return MetricTable.Group(group.title, rows: Array(shown))
    }
    return Markup([
      Markup("div", ["class": "scroll", "tabindex": "0"]) {
        Markup("table", ["class": "metrics"]) {
          if let title = table.title { Markup("caption") { title.clipped(to: 300) } }
          head(columns)
          for group in groups where !group.rows.isEmpty { body(group, columns: columns) }
        }
      },
      omission(shown: ReportLimits.rows, of: rows, "metrics"),
      omission(shown: ReportLimits.rows, of: table.columns.count, "columns"),
    ])
  }

  private static func head(_ columns: [MetricTable.Column]) -> Markup {
    Markup("thead") {
      if columns.contains(where: { $0.group != nil }) {
        Markup("tr", ["class": "column-groups"]) {
          Markup("td")
          for run in runs(columns) {
            if let name = run.name {
              Markup("th", ["scope": "colgroup", "colspan": "\(run.count)"]) { name.clipped(to: 100) }
            } else {
              Markup("td", ["colspan": "\(run.count)"])
            }
          }
        }
      }
      Markup("tr") {
        Markup("th", ["scope": "col", "class": "name"]) { "Metric" }
        for column in columns { Markup("th", ["scope": "col"]) { column.name.clipped(to: 100) } }
      }
    }
  }

  /// Neighbouring columns of the same group.
  private static func runs(_ columns: [MetricTable.Column]) -> [(name: String?, count: Int)] {
    var runs: [(name: String?, count: Int)] = []
    for column in columns {
      if let last = runs.last, last.name == column.group {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((column.group, 1))
      }
    }
    return runs
  }

  private static func body(_ group: MetricTable.Group, columns: [MetricTable.Column]) -> Markup {
    Markup("tbody") {
      Markup("tr", ["class": "group"]) {
        Markup("th", ["scope": "rowgroup", "colspan": "\(columns.count + 1)"]) {
          group.title.clipped(to: 200)
        }
      }
      for row in group.rows { markup(row, columns: columns) }
    }
  }

  private static func markup(_ row: MetricTable.Row, columns: [MetricTable.Column]) -> Markup {
    let values = columns.indices.map { index -> MetricTable.Value? in
      guard index < row.values.count, let value = row.values[index], value.mean.isFinite else { return nil }
      return value
    }
    let baseline = columns.firstIndex(where: \.isBaseline)
    let best = best(values, better: row.better, baseline: baseline)
    return Markup("tr") {
      Markup("th", ["scope": "row", "class": "name"]) {
        Markup("span", ["class": "metric"]) { row.name.clipped(to: 200) }
        if let unit = row.unit { Markup("span", ["class": "unit"]) { ", \(unit.clipped(to: 40))" } }
        if let better = row.better {
          Markup("span", ["class": "unit", "title": "\(better) is better"]) {
            better == .higher ? "\u{A0}↑" : "\u{A0}↓"
          }
        }
        Markup("span", ["class": "meaning"]) { row.explanation.clipped(to: ReportLimits.textLength) }
      }
      for (index, value) in values.enumerated() {
        if let value {
          Markup("td", ["class": value.mean == best && index != baseline ? "best" : nil]) {
            Markup("span", ["class": "value"]) { NumberText.fixed(value.mean, decimals: row.decimals) }
            if let deviation = value.deviation, deviation.isFinite {
              Markup("span", ["class": "deviation"]) {
                " ± \(NumberText.fixed(deviation, decimals: row.decimals))"
              }
            }
            if let baseline, index != baseline, let former = values[baseline] {
              difference(value.mean - former.mean, from: columns[baseline].name, row)
            }
          }
        } else {
          Markup("td", ["class": "missing"]) { NumberText.missing }
        }
      }
    }
  }

  private static func difference(_ difference: Double, from baseline: String, _ row: MetricTable.Row)
    -> Markup
  {
    let isBetter: Bool? =
      switch row.better {
      case .higher? where difference != 0: difference > 0
      case .lower? where difference != 0: difference < 0
      default: nil
      }
    let name = isBetter.map { $0 ? "difference better" : "difference worse" } ?? "difference"
    return Markup("span", ["class": name, "title": "difference from \(baseline.clipped(to: 100))"]) {
      NumberText.signed(difference, decimals: row.decimals)
    }
  }

  /// The best of several edited models' values; `nil` where there is nothing to choose from.
  private static func best(
    _ values: [MetricTable.Value?], better: MetricTable.Direction?, baseline: Int?
  ) -> Double? {
    let edited = values.enumerated().compactMap { $0.offset == baseline ? nil : $0.element?.mean }
    guard let better, edited.count > 1 else { return nil }
    return better == .higher ? edited.max() : edited.min()
  }
}
