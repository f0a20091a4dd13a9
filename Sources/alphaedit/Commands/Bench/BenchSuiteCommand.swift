import ArgumentParser
import Experiments
import Foundation
import KnowledgeEditing
import Torch

/// Measures each part of an edit at a real model's shape.
struct BenchSuiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite",
    abstract: "Measure the parts of an edit at a real model's shape, beside their floors.",
    discussion: """
      The model has random weights and the null spaces are made up. A part's floor is the least time in which this machine can do \
      it: the matrix products that it cannot do without, at the rates measured here for just these shapes, or the bytes that it must \
      read, at the rate of copies. bench suite says how much of that speed is reached.

      The straightforward formulation is measured in the same type on a few facts, and nowhere where it takes minutes.
      """)

  @OptionGroup var shape: ShapeOptions
  @OptionGroup var inputs: BenchInputs
  @OptionGroup var engine: EngineOptions

  @Option(help: ArgumentHelp("What to measure, separated by commas.", valueName: "parts"))
  var parts = PartList(BenchmarkPart.allCases)

  @Option(help: ArgumentHelp("How many facts make the batch.", valueName: "n"))
  var count = 32

  @Option(help: ArgumentHelp("Records to evaluate.", valueName: "n"))
  var records = 10

  @Option(help: ArgumentHelp("Steps in the search for target values.", valueName: "n"))
  var steps = 20

  @Option(help: ArgumentHelp("Facts that count as written before.", valueName: "n"))
  var history = 0

  @Option(help: ArgumentHelp("Directions that the null spaces leave out.", valueName: "n"))
  var basis = 500

  @Option(help: ArgumentHelp("Tokens of which statistics are taken.", valueName: "n"))
  var tokens = 4096

  @Option(help: ArgumentHelp("Tokens to generate behind each of eight prompts.", valueName: "n"))
  var newTokens = 32

  @Option(help: ArgumentHelp("Working memory beside the weights.", valueName: "size"))
  var memory = ByteCount(bytes: 1_000_000_000)

  @Flag(inversion: .prefixedNo, help: "Measure the straightforward formulation as well.")
  var straightforward = true

  @OptionGroup var report: ReportOptions

  func validate() throws {
    try checkAtLeastOne([
      "count": count, "records": records, "steps": steps, "basis": basis, "tokens": tokens,
      "new-tokens": newTokens,
    ])
    if history < 0 { throw ValidationError("--history must be at least 0") }
  }

  func run() throws {
    engine.apply()
    try engine.device.prepare()
    let console = Console(report)
    let tokenizer = try inputs.readTokenizer()
    guard tokenizer.vocabularySize <= shape.chosen.vocabularySize else {
      throw ValidationError("the tokenizer has more tokens than the shape's vocabulary; give another")
    }
    var suite = BenchmarkSuite(shape: shape.chosen)
    suite.device = engine.device
    suite.dtype = engine.dtype.dtype
    suite.steps = steps
    suite.memory = memory.bytes
    suite.remembered = history
    suite.basisSize = basis
    suite.statisticsTokens = tokens
    suite.newTokens = newTokens
    suite.comparesStraightforward = straightforward
    let measured = try suite.run(
      Set(parts.parts), facts: inputs.read(count), records: inputs.records(records), tokenizer: tokenizer,
      onProgress: console.progress)
    console.print(
      json: measured.json(of: suite, named: shape.shape.rawValue),
      text: measured.text(of: suite, named: shape.shape.rawValue))
  }
}
