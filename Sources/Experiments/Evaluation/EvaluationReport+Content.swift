import Foundation
import KnowledgeEditing
import Reports
import StrictJSON

extension EvaluationReport {
  /// What `report.html` shows, but for what single measures add.
  ///
  /// - Parameter protected: the edited layers, with the null spaces that edits were confined to.
  func content(_ protected: ProtectedLayers) -> ReportContent {
    var content = ReportContent(
      title: "\(settings.method.rawValue) on \(settings.model.lastPathComponent)",
      subtitle: "\(summary.recordCount) records of \(settings.recordFile.lastPathComponent), edited "
        + "\(settings.batchSize) at a time")
    content.warnings = warnings
    content.metrics = [metrics]
    content.retention = retention.map(Self.charts) ?? []
    content.spectra = protected.layers.compactMap { layer in
      layer.nullSpace.map {
        SpectrumChart(
          title: "Layer \(layer.block)", eigenvalues: $0.spectrum.eigenvalues, width: $0.spectrum.width,
          firstRank: $0.spectrum.width - $0.spectrum.firstPlace - $0.spectrum.eigenvalues.count + 1,
          threshold: threshold, nullSpaceDimension: $0.nullity)
      }
    }
    content.settings = [
      SettingsGroup(
        "Run",
        [
          ("method", settings.method.rawValue), ("model", settings.model.path),
          ("records", settings.recordFile.path), ("num_edits", "\(settings.batchSize)"),
          ("key statistics", statisticsOrigin), ("seed", "\(settings.seed)"),
          ("device", settings.device.description), ("dtype", settings.dtype.rawValue),
          ("as published", settings.asPublished ? "yes" : "no"),
          ("seconds spent on editing", String(format: "%.1f", editingSeconds)),
        ]),
      SettingsGroup(
        "Hyper-parameters (\(hyperparameters.origin))",
        (hyperparameters.settings.json.object?.members ?? []).map {
          ($0.key.text, $0.value.string ?? $0.value.text())
        }),
    ]
    content.footer = "alphaedit \(Version.current)"
    return content
  }

  private var threshold: Double? {
    guard case .threshold(let threshold)? = hyperparameters.settings.located?.nullSpace else { return nil }
    return threshold
  }

  private var metrics: MetricTable {
    func value(_ statistic: CounterFactSummary.Statistic?, _ figure: RecordFigure) -> MetricTable.Value? {
      let scale = figure.isShare ? 100.0 : 1
      return statistic.map { .init($0.mean * scale, deviation: $0.standardDeviation * scale) }
    }
    var rows = summary.rows.map { row in
      MetricTable.Row(
        row.figure.name,
        row.figure.definition + (row.figure.publishedName.map { " (published as \($0))" } ?? ""),
        [value(row.before, row.figure), value(row.after, row.figure)], unit: row.figure.isShare ? "%" : nil,
        better: row.figure.isShare ? .higher : .lower, decimals: row.figure.isShare ? 1 : 3)
    }
    if let score = summary.score {
      rows.append(
        MetricTable.Row(
          "score", "harmonic mean of efficacy, generalization and specificity",
          [summary.scoreBefore.map { .init($0) }, .init(score)], better: .higher))
    }
    return MetricTable(
      columns: [
        .init("Unedited", isBaseline: true), .init("After \(summary.recordCount) edits"),
      ], groups: [.init("Editing", rows: rows)])
  }

  /// A chart for each figure, with a line for each cohort from when it was edited.
  private static func charts(_ curve: RetentionCurve) -> [LineChart] {
    let cohorts = curve.points.first?.cohorts.map(\.records) ?? []
    return curve.figures.enumerated().map { index, figure in
      let scale = figure.isShare ? 100.0 : 1
      let lines = cohorts.enumerated().map { number, records in
        ChartSeries(
          "\(records.lowerBound + 1)–\(records.upperBound)",
          curve.points.compactMap { point in
            guard point.edits > records.lowerBound, point.cohorts.indices.contains(number),
              let mean = point.cohorts[number].means[index]
            else { return nil }
            return ChartPoint(Double(point.edits), mean * scale)
          })
      }
      return .retention(figure.name, cohorts: lines)
    }
  }
}
