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
      AlphaEdit fits and how long the facts, or 100 of ordinary length, take (by a trial of a few seconds), and at key statistics that are kept. Nothing is \
      changed. Ends with 1 where something would make an edit fail.
      """)

  @Option(help: ArgumentHelp("The checkpoint to look at (default: the machine alone).", valueName: "dir"))
  var model: FilePath?

  @Option(help: ArgumentHelp("The facts that are to be written.", valueName: "file"))
  var facts: FilePath?

  @Option(
    help: ArgumentHelp(
      "A file of hyper-parameters, or the name of built-in ones (default: those that edit takes by itself).",
      valueName: "name"))
  var hparams: String?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if model == nil, facts != nil || hparams != nil {
      throw ValidationError("--facts and --hparams are about a model: name it with --model")
    }
  }

  func run() throws {
    EngineOptions.useAllCores()
    let console = Console(report)
    let diagnosis = Diagnosis(of: model?.url, facts: facts?.url, hyperparameters: hparams)
    console.print(json: diagnosis.json, text: diagnosis.text)
    if !diagnosis.problems.isEmpty { throw ExitCode.failure }
  }
}
