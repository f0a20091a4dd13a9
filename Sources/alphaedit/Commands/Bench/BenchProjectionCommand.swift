import ArgumentParser
import Experiments
import StrictJSON
import Torch

/// Computes how long a batch would take elsewhere.
struct BenchProjectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projection",
    abstract: "Compute how long a batch of facts would take on a machine of given speed.",
    discussion: """
      Nothing is measured: these are the floors of bench suite at the rates that you give. The defaults are 45 % of what an NVIDIA \
      H100 (SXM) is said to reach at most: 989 TFLOP/s in bfloat16, 67 in float32, and 3.35 TB/s of memory.
      """)

  @OptionGroup var shape: ShapeOptions
  @OptionGroup var inputs: BenchInputs

  @Option(help: ArgumentHelp("How many facts make the batch.", valueName: "n"))
  var count = 100

  @Option(help: ArgumentHelp("Steps in the search for target values.", valueName: "n"))
  var steps = 25

  @Option(help: ArgumentHelp("Facts that count as written before.", valueName: "n"))
  var history = 0

  @Option(help: ArgumentHelp("Products in bfloat16, in TFLOP/s.", valueName: "rate"))
  var narrow = 0.45 * 989

  @Option(help: ArgumentHelp("Products in float32, in TFLOP/s.", valueName: "rate"))
  var wide = 0.45 * 67

  @Option(help: ArgumentHelp("Reading of memory, in TB/s.", valueName: "rate"))
  var bandwidth = 0.45 * 3.35

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if count < 1 || steps < 1 || history < 0 {
      throw ValidationError("--count and --steps must be at least 1, --history at least 0")
    }
    if !(min(narrow, wide, bandwidth) > 0) { throw ValidationError("rates must be more than 0") }
  }

  func run() throws {
    var suite = BenchmarkSuite(shape: shape.chosen)
    suite.dtype = .bfloat16
    suite.device = .cuda(0)
    suite.steps = steps
    suite.remembered = history
    let projection = try suite.projection(
      facts: inputs.read(count), tokenizer: inputs.readTokenizer(), narrow: narrow * 1e12, wide: wide * 1e12,
      bandwidth: bandwidth * 1e12)
    let name = shape.shape.rawValue
    Console(report).print(
      json: projection.json,
      text: """
        \(name), \(projection.facts) facts, \(steps) steps, layers \(suite.layers.first ?? 0)–\(suite.layers.last ?? 0), \
        \(history) facts in history: a projection, not a measurement
        \(projection.text)
        """)
  }
}

extension Projection {
  /// The projection as a table.
  var text: String {
    var rows = [["", "TFLOP", "GB read", "seconds", "seconds a fact"]]
    for part in parts {
      rows.append([
        part.part.title, significant(part.flops / 1e12), significant(part.bytes / 1e9),
        significant(part.seconds), significant(part.seconds / Double(max(1, facts))),
      ])
    }
    return table(rows)
  }

  /// The projection as one object.
  var json: JSON {
    var object = JSONObject()
    for part in parts {
      object[part.part.rawValue] = [
        "flops": JSON(part.flops), "bytes": JSON(part.bytes), "seconds": JSON(part.seconds),
      ]
    }
    return ["facts": JSON(facts), "parts": .object(object)]
  }
}
