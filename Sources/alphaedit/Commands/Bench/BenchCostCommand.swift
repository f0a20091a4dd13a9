import ArgumentParser
import Experiments
import StrictJSON
import Torch

/// Measures what the solve costs as facts become many.
struct BenchCostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Measure the solve of one layer as facts become many.",
    discussion: """
      Made-up facts are written into one weight, batch after batch, each with all before it in history; then, at one history, batches \
      of several sizes. A time is that of the solve and of adding the change to the weight. The tables are Markdown. The default \
      sizes are those of Llama 3 8B.
      """)

  @Option(help: ArgumentHelp("n, the length of a key.", valueName: "n"))
  var keyWidth = 14_336

  @Option(help: ArgumentHelp("d, the width of hidden states.", valueName: "n"))
  var width = 4096

  @Option(help: ArgumentHelp("Directions that the null space leaves out.", valueName: "n"))
  var basis = 500

  @Option(help: ArgumentHelp("Facts in a batch.", valueName: "n"))
  var batch = 100

  @Option(help: ArgumentHelp("Facts in the end.", valueName: "n"))
  var facts = 10_000

  @Option(help: ArgumentHelp("The history at which sizes of batches are compared.", valueName: "n"))
  var history = 2000

  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    try checkAtLeastOne([
      "key-width": keyWidth, "width": width, "basis": basis, "batch": batch, "facts": facts,
    ])
    if basis > keyWidth { throw ValidationError("--basis must be at most --key-width") }
  }

  func run() throws {
    engine.apply()
    try engine.device.prepare()
    let console = Console(report)
    var benchmark = SolveCostBenchmark()
    benchmark.keyWidth = keyWidth
    benchmark.width = width
    benchmark.basisSize = basis
    benchmark.batchSize = batch
    benchmark.factCount = facts
    benchmark.comparedHistory = history
    benchmark.device = engine.device
    let measured = try benchmark.run(onProgress: console.progress)
    console.print(json: measured.json, text: measured.text(of: benchmark))
  }
}

extension SolveCostBenchmark.Report {
  /// Two tables in Markdown.
  func text(of benchmark: SolveCostBenchmark) -> String {
    func rows(_ points: [SolveCostBenchmark.Point], withTotal: Bool) -> String {
      points.map { point in
        let cells =
          [
            grouped(point.history), grouped(point.facts), decimal(point.seconds, 3),
            decimal(point.floorSeconds, 3),
          ]
          + (withTotal ? [decimal(point.totalSeconds, 1), grouped(point.memory / 1_000_000)] : [])
        return "| " + cells.joined(separator: " | ") + " |\n"
      }.joined()
    }
    func power(_ value: Double?) -> String { value.map { decimal($0, 2) } ?? "–" }
    return """
      n = \(grouped(benchmark.keyWidth)), d = \(grouped(benchmark.width)), \(benchmark.basisSize) directions left out, \
      on \(benchmark.device), \(Engine.threadCount) threads

      | facts in history | facts in the batch | seconds | floor | seconds in all | MB beside the weight |
      |---:|---:|---:|---:|---:|---:|
      \(rows(byHistory, withTotal: true))
      Time grows like the history to the power of \(power(historyExponent)).

      | facts in history | facts in the batch | seconds | floor |
      |---:|---:|---:|---:|
      \(rows(byFacts, withTotal: false))
      Time grows like the facts in the batch to the power of \(power(factsExponent)).

      """
  }

  /// The report as one object.
  var json: JSON {
    func points(_ points: [SolveCostBenchmark.Point]) -> JSON {
      JSON(
        points.map { point -> JSON in
          [
            "history": JSON(point.history), "facts": JSON(point.facts), "seconds": JSON(point.seconds),
            "floor_seconds": JSON(point.floorSeconds), "total_seconds": JSON(point.totalSeconds),
            "memory_bytes": JSON(point.memory),
          ]
        })
    }
    return [
      "by_history": points(byHistory), "by_facts": points(byFacts),
      "history_exponent": historyExponent.map { JSON($0) } ?? .null,
      "facts_exponent": factsExponent.map { JSON($0) } ?? .null,
    ]
  }
}
