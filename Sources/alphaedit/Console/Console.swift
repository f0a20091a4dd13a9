import ArgumentParser
import KnowledgeEditing
import StrictJSON

/// How a command reports: `--json` and `--quiet`.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Flag(help: "Show no progress and no warnings.")
  var quiet = false
}

/// Where a command's words go: results to standard output, all else to standard error.
struct Console {
  private let options: ReportOptions
  private let bar: ProgressBar?

  init(_ options: ReportOptions) {
    self.options = options
    bar = !options.quiet && StandardError.isTerminal ? ProgressBar() : nil
  }

  /// Shows progress; nil where nobody watches.
  var progress: ProgressHandler? { bar.map { bar in { bar.show($0) } } }

  func warn(_ warnings: [String]) {
    bar?.finish()
    guard !options.quiet else { return }
    for warning in warnings { StandardError.write("warning: \(warning)\n") }
  }

  /// Says what is being done, to people only.
  func note(_ text: String) {
    bar?.finish()
    if !options.quiet { StandardError.write(text + "\n") }
  }

  /// Prints the result.
  func print(json: @autoclosure () -> JSON, text: @autoclosure () -> String) {
    bar?.finish()
    StandardOutput.write(options.json ? json().text(pretty: true) : text())
  }
}
