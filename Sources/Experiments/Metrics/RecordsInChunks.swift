import KnowledgeEditing

extension Array {
  /// Measures records some at a time, so that prompts of several share forward passes, and reports how far it has come.
  ///
  /// - Parameter measure: the metrics of each of some records, in order.
  func measured<Metrics>(
    phase: String, progress: ProgressHandler?, by measure: (ArraySlice<Element>) throws -> [Metrics]
  ) throws -> [Metrics] {
    let chunkSize = 64
    var meter = ProgressMeter(phase: phase, unit: "records", total: count, handler: progress)
    var metrics: [Metrics] = []
    metrics.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: chunkSize) {
      metrics += try measure(self[start..<Swift.min(start + chunkSize, count)])
      meter.report(metrics.count)
    }
    return metrics
  }
}
