import ArgumentParser
import Experiments
import Foundation
import StrictJSON

/// The means of results.
struct SummarizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summarize",
    abstract: "Means over the results of evaluations, as the published summary computes them.",
    discussion: """
      Reads runs that this program or the published code has written and shows them side by side: means and population \
      standard deviations over cases in per cent, the harmonic mean of efficacy, generalization and specificity as the \
      score, and the tests of general ability. Takes the published flags, in their own spelling and with hyphens.
      """)

  @Option(
    name: [.customLong("dir_name"), .customLong("dir-name"), .customLong("dirname")],
    help: ArgumentHelp(
      "Methods whose runs are summarised, RESULTS/NAME, separated by commas.", valueName: "names"))
  var directoryNames: String?

  @Option(
    help: ArgumentHelp(
      "Runs to take, separated by commas: names such as run_000, or parts of METHOD/run_000 (default: all).",
      valueName: "names"))
  var runs: String?

  @Option(
    name: [.customLong("results_dir"), .customLong("results-dir"), .customLong("results")],
    help: ArgumentHelp("Where results are (default: results).", valueName: "dir"))
  var results: FilePath?

  @Option(
    name: [.customLong("first_n_cases"), .customLong("first-n-cases")],
    help: ArgumentHelp("Take only cases whose case_id is below this number.", valueName: "n"))
  var firstCases: Int?

  @Option(help: ArgumentHelp("A run, or a directory of runs, in place of --dir_name.", valueName: "dir"))
  var path: FilePath?

  @Flag(help: "Print comma-separated values, one number a line.")
  var csv = false

  @Flag(help: "Print tables in Markdown.")
  var markdown = false

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (path == nil) != (directoryNames == nil) else {
      throw ValidationError(
        path == nil
          ? "name the method whose runs are summarised, as in --dir_name=AlphaEdit"
          : "--path and --dir_name exclude each other")
    }
    if let directoryNames, Self.list(directoryNames).isEmpty { throw ValidationError("--dir_name is empty") }
    if let runs, Self.list(runs).isEmpty { throw ValidationError("--runs is empty") }
    if let firstCases, firstCases < 1 {
      throw ValidationError("--first_n_cases is \(firstCases); it must be at least 1")
    }
    if [csv, markdown, report.json].count(where: { $0 }) > 1 {
      throw ValidationError("--json, --csv and --markdown exclude each other")
    }
  }

  func run() throws {
    let console = Console(report)
    let (summaries, warnings) = try selection.summaries()
    console.warn(warnings)
    console.print(
      json: ["runs": JSON(summaries.map(\.json)), "warnings": JSON(warnings.map { JSON($0) })],
      text: csv ? SummaryTable.long(summaries).csv : text(summaries))
  }

  private var selection: RunSelection {
    let results = results?.url ?? URL(fileURLWithPath: "results")
    let directories =
      path.map { [$0.url] }
      ?? Self.list(directoryNames ?? "").map { results.appendingPathComponent($0, isDirectory: true) }
    return RunSelection(directories: directories, runs: Self.list(runs ?? ""), firstCases: firstCases)
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private func text(_ runs: [RunSummary]) -> String {
    let tables = [SummaryTable.means(runs), SummaryTable.ability(runs)].compactMap { $0 }
    return tables.map { markdown ? $0.markdown : table($0.rows, textColumns: $0.textColumns) }
      .joined(separator: "\n")
        + """

        “success” and “diff” compare the probabilities of two answers; “acc” asks whether the answer is what the model would \
        say (arg-max).

        """
  }
}
