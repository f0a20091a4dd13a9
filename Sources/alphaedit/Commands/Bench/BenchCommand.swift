import ArgumentParser

/// Measures this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine beside a straightforward formulation.",
    subcommands: [
      BenchBatchCommand.self, BenchSuiteCommand.self, BenchCostCommand.self, BenchProjectorCommand.self,
      BenchAgreementCommand.self, BenchProjectionCommand.self,
    ],
    defaultSubcommand: BenchBatchCommand.self)
}
