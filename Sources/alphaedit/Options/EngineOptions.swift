import ArgumentParser
import Foundation
import Torch

/// Where and how a command computes.
struct EngineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to compute: cpu, cuda, cuda:1 or mps.", valueName: "device"))
  var device = Device.cpu

  @Option(help: ArgumentHelp("The type to compute in.", valueName: "type"))
  var dtype = ComputeType.float32

  @Option(help: ArgumentHelp("CPU threads for one operation (default: the number of cores).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// Sets the number of threads.
  func apply() { if let threads { Engine.setThreadCount(threads) } else { Self.useAllCores() } }

  static func useAllCores() { Engine.setThreadCount(ProcessInfo.processInfo.activeProcessorCount) }
}
