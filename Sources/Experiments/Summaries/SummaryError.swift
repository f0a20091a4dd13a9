/// Why results cannot be summarised.
public enum SummaryError: Error, Equatable, CustomStringConvertible {
  /// There is no such directory.
  case missingDirectory(String, present: [String])
  /// A directory holds no runs.
  case noRuns(in: String)
  /// No run has a name that was asked for.
  case unknownRun(String, present: [String])
  /// A run has no results of cases, or none that can be read.
  case noCases(in: String, warnings: [String])
  /// A file is no result file.
  case malformed(file: String, reason: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .missingDirectory(let path, let present):
      "\(path): there is no such directory" + Self.list("; there are ", present)
    case .noRuns(let path): "\(path): holds no runs (directories such as run_000)"
    case .unknownRun(let name, let present):
      "no run is called “\(name)”" + Self.list("; there are ", present)
    case .noCases(let path, let warnings):
      "\(path): holds no results (files such as 100_edits-case_0.json); is the run finished?"
        + warnings.map { "\n  \($0)" }.joined()
    case .malformed(let file, let reason): "\(file): \(reason)"
    }
  }

  private static func list(_ words: String, _ names: [String]) -> String {
    names.isEmpty ? "" : words + names.joined(separator: ", ")
  }
}
