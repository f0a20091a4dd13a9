import ArgumentParser
import Checkpoints
import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

/// Gives the edits of a checkpoint to other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write a checkpoint's edits as a LoRA adapter, as a delta, or as a checkpoint without its history.",
    discussion: """
      An adapter is read by PEFT on top of the unedited model. It is exact unless --rank is lower than the rank of the edits; \
      then it is reported how each fact fares. A delta makes the same bytes of the same base: alphaedit apply.
      """)

  /// What is written.
  enum Form: String, ExpressibleByArgument, CaseIterable { case checkpoint, adapter, delta }

  @Option(help: ArgumentHelp("The edited checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(name: .customLong("as"), help: "What to write.")
  var form = Form.checkpoint

  @Option(help: ArgumentHelp("Where it goes; a directory that does not exist.", valueName: "dir"))
  var output: FilePath

  @Option(help: ArgumentHelp("The largest rank of an adapter (default: what is exact).", valueName: "r"))
  var rank: Int?

  @OptionGroup var base: BaseArguments
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if let rank, rank < 1 { throw ValidationError("--rank must be at least 1") }
    if rank != nil && form != .adapter { throw ValidationError("--rank is for --as adapter") }
  }

  func run() throws {
    let console = Console(report)
    guard !FileManager.default.fileExists(atPath: output.url.path) else {
      throw CheckpointError(
        .destinationExists, file: output.url.path, "it exists already; choose another directory.")
    }
    switch form {
    case .adapter:
      var export = AdapterExport(model: model.url, output: output.url)
      export.rank = rank
      export.base = base.base?.url
      export.progress = console.progress
      let result = try export.run()
      console.print(json: result.json, text: result.text)
    case .delta:
      let delta = try DeltaFile(ofModel: model.url)
      try delta.write(to: output.url)
      show(console, "\(grouped(delta.facts.count)) facts as a delta in \(output.url.path)\n")
    case .checkpoint:
      let checkpoint = try Checkpoint(directory: model.url)
      var copy = EditedCheckpoint(of: checkpoint)
      copy.omit(file: Ledger.fileName)
      let record = try? Data(
        contentsOf: checkpoint.directory.appendingPathComponent(EditedCheckpoint.recordName))
      try copy.write(to: output.url, overwrite: false) { _ in record.map { Array($0) } ?? Array("{}".utf8) }
      show(console, "The checkpoint, without its history, is in \(output.url.path)\n")
    }
  }

  private func show(_ console: Console, _ text: String) {
    console.print(json: ["output": JSON(output.url.path), "as": JSON(form.rawValue)], text: text)
  }
}

/// Puts a delta on its base.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Put a delta on the checkpoint that it was made for.")

  @Option(help: ArgumentHelp("The unedited checkpoint.", valueName: "dir"))
  var model: FilePath

  @Option(help: ArgumentHelp("What `alphaedit export --as delta` wrote.", valueName: "dir"))
  var delta: FilePath

  @Option(help: ArgumentHelp("Where the edited checkpoint goes.", valueName: "dir"))
  var output: FilePath

  @Flag(help: "Replace the checkpoint at --output.")
  var overwrite = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    let delta = try DeltaFile(in: delta.url)
    let written = try delta.apply(to: model.url, output: output.url, overwrite: overwrite)
    Console(report).print(
      json: [
        "output": JSON(written.directory.path), "facts": JSON(delta.facts.count),
        "changed_tensors": JSON(written.changedTensors.map { JSON($0.name) }),
      ],
      text: "\(grouped(delta.facts.count)) facts applied; the checkpoint is in \(written.directory.path)\n")
  }
}

extension AdapterExport.Report {
  /// The result as one object.
  var json: JSON {
    [
      "output": JSON(directory.path), "rank": JSON(rank), "full_rank": JSON(fullRank),
      "facts": JSON(
        facts.map {
          [
            "id": JSON($0.fact.id), "said_in_checkpoint": JSON($0.edited.isSaid),
            "said_with_adapter": JSON($0.adapted.isSaid), "loss": JSON($0.loss),
          ]
        }),
    ]
  }

  /// The result as a person reads it.
  var text: String {
    let heading = "A LoRA adapter of rank \(rank) is in \(directory.path)\n"
    guard rank < fullRank else { return heading + "It is exact\n" }
    let said =
      "\(grouped(facts.count { $0.adapted.isSaid })) of \(grouped(facts.count)) facts are said with it, "
      + "\(grouped(facts.count { $0.edited.isSaid })) by the checkpoint; rank \(fullRank) would be exact\n"
    let rows = facts.sorted { $0.loss > $1.loss }.map {
      ["\($0.fact.id)", $0.fact.row[1], $0.fact.row[2], decimal($0.loss, 3)]
    }
    return heading + said + "Loss of log-probability of each fact's target\n" + table(rows, textColumns: 3)
  }
}
