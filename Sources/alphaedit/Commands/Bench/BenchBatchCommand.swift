import ArgumentParser
import Experiments
import Foundation
import KnowledgeEditing
import StrictJSON
import Tokenization
import Torch

/// Measures a whole batch and its evaluation at GPT-2 small's shape.
struct BenchBatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Measure a batch of facts beside a straightforward formulation.",
    discussion: """
      A batch of facts is written into a model of GPT-2 small's shape with random weights: target values, keys and solves \
      of layers 3 to 7, 20 steps, no early stop. In the same run a few facts go through a straightforward formulation, \
      one at a time and through all blocks at every step. The statistics of keys are made up and not part of the time.

      Then the facts' records are evaluated (edit prompt, paraphrases, neighbours, either target), and a few of them in the \
      straightforward way: record by record, one padded batch, logits at all positions.
      """)

  @OptionGroup var inputs: BenchInputs

  @Option(help: ArgumentHelp("How many facts make the batch.", valueName: "n"))
  var count = 100

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The types to measure; bfloat16 is slow on a CPU without instructions for it.", valueName: "type"))
  var dtypes: [ComputeType] = [.float32]

  @Option(help: ArgumentHelp("Facts of the straightforward formulation.", valueName: "n"))
  var straightforward = 3

  @Option(help: ArgumentHelp("Records that are evaluated in the straightforward way.", valueName: "n"))
  var straightforwardRecords = 10

  @Option(help: ArgumentHelp("Working memory beside the weights.", valueName: "size"))
  var memory = ByteCount(bytes: 1_000_000_000)

  @Option(help: ArgumentHelp("CPU threads for one operation (default: the number of cores).", valueName: "n"))
  var threads: Int?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    try checkAtLeastOne([
      "count": count, "straightforward": straightforward, "straightforward-records": straightforwardRecords,
    ])
  }

  func run() throws {
    Engine.setThreadCount(threads ?? ProcessInfo.processInfo.activeProcessorCount)
    let console = Console(report)
    var benchmark = EditBenchmark()
    benchmark.dtypes = dtypes.map(\.dtype)
    benchmark.straightforwardFacts = straightforward
    benchmark.memory = memory.bytes
    let words = try inputs.readTokenizer()
    let editing = try benchmark.run(
      facts: inputs.read(count), tokenizer: words, onProgress: console.progress)
    let evaluation = try measureEvaluation(words, console)
    var json = editing.json.object ?? JSONObject()
    json["evaluation"] = evaluation?.json ?? .null
    console.print(json: .object(json), text: editing.text + (evaluation?.text ?? Self.withoutEvaluation))
  }

  private static let withoutEvaluation = """

    The facts have no former answers, so their evaluation was not measured.

    """

  /// Nil where a file of facts has no records that can be evaluated.
  private func measureEvaluation(
    _ tokenizer: Tokenizer, _ console: Console
  ) throws -> EvaluationBenchmark.Report? {
    let records = try inputs.records(count)
    guard !records.isEmpty else { return nil }
    var benchmark = EvaluationBenchmark()
    benchmark.straightforwardRecords = straightforwardRecords
    return try benchmark.run(records: records, tokenizer: tokenizer, onProgress: console.progress)
  }
}

extension EvaluationBenchmark.Report {
  /// The report as a person reads it.
  var text: String {
    let rows = [
      ["", "seconds a record", "times faster"],
      ["this program, float32", decimal(seconds, 3), decimal(speedup, 1)],
      ["straightforward, float32", decimal(straightforwardSeconds, 3), "1"],
    ]
    return """

      Evaluation of \(records) records (\(grouped(prompts)) prompts, two targets each) on the same shape:
      \(table(rows))

      """
  }

  /// The report as one object.
  var json: JSON {
    [
      "records": JSON(records), "prompts": JSON(prompts), "seconds_per_record": JSON(seconds),
      "straightforward_seconds_per_record": JSON(straightforwardSeconds), "speedup": JSON(speedup),
    ]
  }
}

extension EditBenchmark.Report {
  /// The report as a person reads it.
  var text: String {
    func seconds(_ value: Double) -> String { decimal(value, value < 1 ? 3 : 2) }
    let naive = straightforward
    var rows = [["", "target values", "keys and solves", "whole batch", "times faster"]]
    for (dtype, values, total) in measured {
      let speedup = (naive.targetValues + naive.rest) / total
      rows.append([
        "this program, \(dtype)", seconds(values), seconds(total - values), seconds(total),
        decimal(speedup, 1),
      ])
    }
    rows.append([
      "straightforward, float32", seconds(naive.targetValues), seconds(naive.rest),
      seconds(naive.targetValues + naive.rest), "1",
    ])
    return """
      A batch of \(facts) facts on GPT-2 small's shape (12 blocks, width 768, vocabulary 50,257), layers 3–7, 20 steps, \
      \(threads) threads. Seconds a fact:
      \(table(rows))
      Largest resident memory in the first type: \(grouped(peakMemory >> 20)) MB

      """
  }

  /// The report as one object.
  var json: JSON {
    var types = JSONObject()
    for (dtype, values, total) in measured {
      types["\(dtype)"] = ["target_values": JSON(values), "whole_batch": JSON(total)]
    }
    return [
      "facts": JSON(facts), "threads": JSON(threads), "seconds_per_fact": .object(types),
      "straightforward_seconds_per_fact": [
        "target_values": JSON(straightforward.targetValues), "keys_and_solves": JSON(straightforward.rest),
      ],
      "peak_resident_bytes": JSON(peakMemory), "speedup": JSON(speedup ?? 0),
    ]
  }
}
