import Foundation
import KnowledgeEditing

extension EditReport {
  /// The report as a person reads it.
  var text: String {
    [
      heading, preservation, changes, results, drift.map(Self.text) ?? "", guarded.map(Self.text) ?? "",
      whereabouts,
    ]
    .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    let layers = hyperparameters.settings.layers.map(String.init).joined(separator: ", ")
    let batches = batchCount == 1 ? "one batch" : "\(batchCount) batches of up to \(settings.batchSize)"
    return """
      Edited \(settings.model.lastPathComponent) by \(settings.method.rawValue): \(grouped(facts.count)) facts in \(batches), blocks \(layers), \
      \(editingSeconds.asDuration)
        hyper-parameters   \(hyperparameters.origin)
        key statistics     \(statisticsOrigin)
        memory             \(memoryPlan.map(\.description) ?? "not planned")

      """
  }

  /// What may not change, layer by layer: the spectrum of the keys and the null space in it.
  private var preservation: String {
    guard let rule = hyperparameters.settings.located?.nullSpace else { return "" }
    var rows = [
      ["block", "tokens", "trace"] + Self.quantiles.map { "λ \(Int($0 * 100)) %" } + ["free", "protected"]
    ]
    for layer in layers {
      guard let (spectrum, nullity) = layer.nullSpace else { continue }
      rows.append(
        [
          "\(layer.block)", layer.statistics.map { grouped($0.tokenCount) } ?? "",
          significant(spectrum.trace),
        ]
          + spectrum.quantiles(Self.quantiles).map { $0.map(significant) ?? "–" }
          + [
            "\(grouped(nullity)) of \(grouped(spectrum.width))",
            percent(spectrum.protectedShare(nullity: nullity)),
          ])
    }
    guard rows.count > 1 else { return "" }
    return
      "Null spaces (\(rule)): eigenvalues λ of the keys, directions free to change\n"
      + table(rows)
  }

  private var changes: String {
    var rows = [["tensor", "‖W‖", "‖ΔW‖", "share"]]
    for layer in layers {
      rows.append([
        layer.tensorName, significant(layer.sourceNorm), significant(layer.changeNorm),
        percent(layer.changeNorm / max(layer.sourceNorm, .leastNormalMagnitude)),
      ])
    }
    return "Changed tensors\n" + table(rows)
  }

  private var results: String {
    func probability(_ measure: (FactResult) -> FactMeasure) -> String {
      let mean =
        facts.reduce(0) { $0 + exp(measure($1).target.meanLogProbability) } / Double(max(1, facts.count))
      return decimal(mean, 3)
    }
    func share(_ count: Int) -> String {
      "\(grouped(count)) of \(grouped(facts.count)) (\(percent(Double(count) / Double(max(1, facts.count)))))"
    }
    let rows = [
      ["", "before", "after"], ["facts said", share(saidBefore), share(saidAfter)],
      ["probability of a target's token", probability(\.before), probability(\.after)],
    ]
    let shown = examples.map { example in
      """
        \(example.prompt.shortened(to: 100))
          before:\(example.before.shortened(to: 100))
          after: \(example.after.shortened(to: 100))

      """
    }
    return "Results\n" + table(rows) + "\n" + shown.joined()
  }

  private static func text(_ drift: Drift) -> String {
    """
    Drift on \(drift.source) (\(grouped(drift.tokenCount)) tokens)
      perplexity \(significant(drift.perplexityBefore)) before, \(significant(drift.perplexityAfter)) after \
    (\(drift.growth < 0 ? "" : "+")\(percent(drift.growth)))

    """
  }

  /// What the guard saw after the last batches.
  private static func text(_ guarded: DriftReport) -> String {
    let shown = guarded.readings.suffix(shownReadings)
    let rows = shown.map { reading in
      [
        "\(reading.batch)", grouped(reading.factCount),
        reading.perplexityGrowth.map { ($0 < 0 ? "" : "+") + percent($0) } ?? "–",
        percent(reading.normGrowth),
        reading.askedCount > 0 ? "\(reading.keptCount) of \(reading.askedCount)" : "–",
      ]
    }
    let heading = ["batch", "facts", "perplexity", "‖ΔW‖/‖W‖ at most", "earlier facts kept"]
    let omitted = guarded.readings.count - shown.count
    return
      "Guard (\(guarded.seconds.asDuration) in all\(omitted > 0 ? "; the last \(shown.count) batches" : ""))\n"
      + table([heading] + rows, textColumns: 0) + (guarded.stop.map { "  \($0)\n" } ?? "")
  }

  private static let shownReadings = 10

  private var whereabouts: String {
    """
    The edited checkpoint is in \(written.directory.path)
      \(written.changedTensors.count) tensors changed; alphaedit.json there says how

    """
  }
}
