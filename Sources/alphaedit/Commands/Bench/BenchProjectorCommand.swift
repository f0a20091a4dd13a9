import ArgumentParser
import Experiments
import KnowledgeEditing
import StrictJSON

/// Measures the null space of long keys.
struct BenchProjectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projector",
    abstract: "Measure how long the null space of a second moment of keys takes.",
    discussion: """
      The second moment is made up: some eigenvalues at the threshold or above, which fall like a power of their number, and the \
      others below it. The default size is that of Llama 3 8B.
      """)

  @Option(help: ArgumentHelp("n, the length of a key.", valueName: "n"))
  var keyWidth = 14_336

  @Option(help: ArgumentHelp("Eigenvalues at the threshold or above.", valueName: "n"))
  var above = 500

  @Flag(help: "Compute all eigenvectors as well, in the straightforward way.")
  var straightforward = false

  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if above < 1 || keyWidth < 2 * above {
      throw ValidationError("--above must be at least 1 and at most half of --key-width")
    }
  }

  func run() throws {
    engine.apply()
    try engine.device.prepare()
    let console = Console(report)
    var benchmark = ProjectorBenchmark(width: keyWidth)
    benchmark.above = above
    benchmark.device = engine.device
    benchmark.comparesStraightforward = straightforward
    let measured = try benchmark.run()
    console.print(json: measured.json, text: measured.text)
  }
}

extension ProjectorBenchmark.Report {
  /// The report as a person reads it.
  var text: String {
    let naive = measurement.straightforwardSeconds.map { "  All eigenvectors: \($0.asDuration).\n" } ?? ""
    return """
      The null space of \(measurement.note): \(measurement.seconds.asDuration), with \(grouped(memory / 1_000_000)) MB beside the \
      second moment.
        \(grouped(nullity)) dimensions; it has \(grouped(expectedNullity)).
        Largest element of VᵀV − 1: \(significant(orthogonality)). ‖CV − V(VᵀCV)‖ / ‖CV‖: \(significant(residual)).
        Floor (the matrix times these eigenvectors, once): \(measurement.floorSeconds.asDuration).
      \(naive)
      """
  }

  /// The report as one object.
  var json: JSON {
    [
      "seconds": JSON(measurement.seconds), "floor_seconds": JSON(measurement.floorSeconds),
      "straightforward_seconds": measurement.straightforwardSeconds.map { JSON($0) } ?? .null,
      "nullity": JSON(nullity), "expected_nullity": JSON(expectedNullity),
      "orthogonality": JSON(orthogonality), "residual": JSON(residual), "memory_bytes": JSON(memory),
    ]
  }
}
