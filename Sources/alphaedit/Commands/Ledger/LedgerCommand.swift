import ArgumentParser
import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

/// Reads and changes the history of an edited checkpoint.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Show, check, take back and amend the edits of a checkpoint.",
    discussion: """
      An edited checkpoint has a ledger.sqlite: every fact, who wrote it, when and how, and what it takes to make the weights \
      again from the unedited checkpoint. Facts are numbered (17), steps too (s3; s0 is the unedited checkpoint).
      """,
    subcommands: [
      LedgerLogCommand.self, LedgerShowCommand.self, LedgerVerifyCommand.self, LedgerDiffCommand.self,
      LedgerExportCommand.self, LedgerUndoCommand.self, LedgerRemoveCommand.self,
    ])
}

/// The checkpoint whose ledger is meant.
struct LedgerArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The edited checkpoint.", valueName: "dir"))
  var model: FilePath

  /// Its ledger.
  func ledger() throws -> Ledger {
    guard let ledger = try Ledger(besideCheckpoint: model.url) else {
      throw HistoryError.noLedger(model: model.url.path)
    }
    return ledger
  }
}

/// Lists steps and facts.
struct LedgerLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List all steps and facts of a checkpoint's history.")

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var report: ReportOptions

  func run() throws {
    let ledger = try arguments.ledger()
    let (base, runs, steps, facts) = (
      try ledger.base(), try ledger.runs(), try ledger.steps(), try ledger.facts()
    )
    let json: JSON = [
      "base": base.json, "runs": JSON(runs.map(\.json)), "steps": JSON(steps.map(\.json)),
      "facts": JSON(facts.map(\.json)),
    ]
    Console(report).print(json: json, text: text(base, runs, steps, facts))
  }

  private func text(
    _ base: LedgerBase, _ runs: [LedgerRun], _ steps: [LedgerStep], _ facts: [LedgerFact]
  ) -> String {
    let present = facts.count { $0.removedBy == nil }
    var text =
      "\(grouped(present)) facts in effect, \(grouped(facts.count - present)) taken out; made from \(base.path)\n"
    for step in steps {
      let run = runs.first { $0.id == step.run }
      let method = run?.method ?? ""
      text += "\ns\(step.id)  \(run?.time ?? "")  \(run?.author ?? "")  \(step.kind.rawValue) \(method)\n"
      let gone = facts.filter { $0.removedBy == step.id }
      if !gone.isEmpty { text += "  takes out \(gone.map { "\($0.id)" }.joined(separator: ", "))\n" }
      let rows = facts.filter { $0.step == step.id }.map(\.row)
      if !rows.isEmpty { text += table(rows, textColumns: 3) }
    }
    return text
  }
}

/// Shows one fact or step.
struct LedgerShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is recorded of a fact (17) or a step (s3).")

  @Argument(help: ArgumentHelp("The fact's number, or the step's with an s before it.", valueName: "id"))
  var id: String

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var report: ReportOptions

  func run() throws {
    let ledger = try arguments.ledger()
    let console = Console(report)
    guard !id.hasPrefix("s") else {
      let number = try ledger.step(named: id)
      let step = try ledger.steps().first { $0.id == number }
      let run = try ledger.runs().first { $0.id == step?.run }
      let facts = try ledger.facts().filter { $0.step == number || $0.removedBy == number }
      let json: JSON = [
        "step": step?.json ?? .null, "run": run?.json ?? .null, "base": try ledger.base().json,
        "facts": JSON(facts.map(\.json)),
      ]
      console.print(json: json, text: json.text(pretty: true) + "\n")
      return
    }
    let fact = try ledger.fact(named: id)
    let norm = try ledger.targetValue(ofFact: fact.id)?.norm
    let factors =
      try ledger.revisions().first { $0.batch == fact.step }
      .map { try ledger.deltas(ofRevision: $0.id) } ?? []
    let changes = JSON(
      factors.map { ["block": JSON($0.block), "rank": JSON($0.left.columns)] as JSON })
    let json: JSON = [
      "fact": fact.json, "target_value_norm": norm.map { JSON($0) } ?? .null, "changes_of_its_batch": changes,
      "run": try ledger.steps().first { $0.id == fact.step }
        .flatMap { step in try ledger.runs().first { $0.id == step.run }?.json } ?? .null,
    ]
    console.print(json: json, text: json.text(pretty: true) + "\n")
  }
}

/// Makes all weights again and compares.
struct LedgerVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Make all weights again from base and ledger, and compare them with what was recorded.",
    discussion: "Ends with exit code 1 where anything differs.")

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var base: BaseArguments
  @OptionGroup var report: ReportOptions

  /// What differs, in one line.
  struct Failure: Error, CustomStringConvertible {
    var model: String
    var count: Int

    var description: String { "\(model): \(count) tensors are not what the ledger says" }
  }

  func run() throws {
    let console = Console(report)
    let result = try LedgerVerification(
      ofModel: arguments.model.url, base: base.base?.url, progress: console.progress)
    console.print(json: result.json, text: result.text)
    guard result.isIntact else {
      throw Failure(model: arguments.model.url.path, count: result.differences.count)
    }
  }
}

/// Compares two states.
struct LedgerDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what lies between two steps, such as s3 and s7; s0 is the base.")

  @Argument(help: ArgumentHelp("The first step.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("The second step.", valueName: "b"))
  var second: String

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var report: ReportOptions

  func run() throws {
    let ledger = try arguments.ledger()
    let difference = try ledger.difference(
      from: ledger.step(named: first), to: ledger.step(named: second))
    Console(report).print(json: difference.json, text: difference.text)
  }
}

/// Gives the facts back as a file that `edit` reads.
struct LedgerExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print the facts in effect as JSON lines that `alphaedit edit` reads.")

  @OptionGroup var arguments: LedgerArguments
  @OptionGroup var report: ReportOptions

  func run() throws {
    let facts = try arguments.ledger().facts().filter { $0.removedBy == nil }.map(\.record)
    Console(report).print(json: JSON(facts), text: facts.map { $0.text() + "\n" }.joined())
  }
}
