import ArgumentParser
import Foundation

/// What an edit's work depends on beside its input.
struct WorkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seed of the texts that the model writes.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Working memory beside the weights, such as 8GB.", valueName: "size"))
  var memory = WorkOptions.standardMemory

  static let standardMemory = ByteCount(bytes: 2_000_000_000)
}
