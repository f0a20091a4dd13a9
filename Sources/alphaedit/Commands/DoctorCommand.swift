import ArgumentParser
import Foundation
import KnowledgeEditing
import Torch

/// Tells whether this machine, and a model on it, are fit for edits.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tell whether this machine, and a model on it, are fit for edits, and what to do if not.",
    discussion: """
      Looks at the engine, the devices, memory and the cache, and of a model at its files, its history, whether an edit by \
      AlphaEdit fits and how long 100 facts take (by a trial of a few seconds), and at key statistics that are kept. Nothing is \
      changed. Ends with 1 where something would make an edit fail.
      """)

  @Option(help: ArgumentHelp("The checkpoint to look at (default: the machine alone).", valueName: "dir"))
  var model: FilePath?

  @OptionGroup var report: ReportOptions

  func run() throws {
    EngineOptions.useAllCores()
    let console = Console(report)
    let diagnosis = Diagnosis(of: model?.url, memory: WorkOptions.standardMemory.bytes)
    console.print(json: diagnosis.json, text: diagnosis.text)
    if !diagnosis.problems.isEmpty { throw ExitCode.failure }
  }
}
