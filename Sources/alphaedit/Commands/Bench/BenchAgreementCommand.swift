import ArgumentParser
import Experiments
import Foundation
import KnowledgeEditing
import StrictJSON
import Torch

/// Compares a device with the CPU.
struct BenchAgreementCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "Compare what a device computes with what the CPU does.",
    discussion: """
      A few facts are written into a model with random weights on the CPU and on the device, in float32 and in bfloat16. Compared \
      with the CPU in float32 are logits, target values and changes of weights. In float32 there are fixed bounds; in bfloat16 the \
      device may be twice as far away as the CPU in bfloat16 is. Fails where it is farther.
      """)

  @OptionGroup var shape: ShapeOptions
  @OptionGroup var inputs: BenchInputs

  @Option(help: ArgumentHelp("The device to compare.", valueName: "device"))
  var device = Device.cuda(0)

  @Option(help: ArgumentHelp("How many facts to write.", valueName: "n"))
  var count = 4

  @Option(help: ArgumentHelp("Steps in the search for target values.", valueName: "n"))
  var steps = 5

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if count < 1 || steps < 1 { throw ValidationError("--count and --steps must be at least 1") }
  }

  func run() throws {
    EngineOptions.useAllCores()
    try device.prepare()
    let console = Console(report)
    var agreement = DeviceAgreement(device: device)
    agreement.shape = shape.chosen
    agreement.steps = steps
    let differences = try agreement.run(facts: inputs.read(count), tokenizer: inputs.readTokenizer())
    var rows = [["\(device) in", "", "relative difference", "at most", ""]]
    for difference in differences {
      rows.append([
        "\(difference.dtype)", difference.quantity.rawValue, significant(difference.relative),
        significant(difference.allowed), difference.isWithin ? "" : "too far",
      ])
    }
    console.print(
      json: JSON(
        differences.map { difference -> JSON in
          [
            "dtype": JSON("\(difference.dtype)"), "quantity": JSON(difference.quantity.rawValue),
            "relative": JSON(difference.relative), "allowed": JSON(difference.allowed),
          ]
        }),
      text: table(rows, textColumns: 2))
    guard differences.allSatisfy(\.isWithin) else { throw ExitCode.failure }
  }
}
