import ArgumentParser
import Foundation
import KnowledgeEditing

/// What an edit's work depends on beside its input.
struct WorkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seed of the texts that the model writes.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Working memory beside the weights, such as 8GB (default: 2GB, more where a model needs it and the machine has it).",
      valueName: "size"))
  var memory: ByteCount?

  var allowance: MemoryAllowance { memory.map { .bytes($0.bytes) } ?? .automatic }
}
