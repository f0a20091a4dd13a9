import Foundation

/// Which runs are summarised.
public struct RunSelection: Sendable, Equatable {
  /// Directories that hold runs, or are runs.
  public var directories: [URL]
  /// Parts of the names, `METHOD/run_NNN`, of the runs that are wanted; all where empty.
  public var runs: [String]
  /// Only cases whose number is below this one; all where nil.
  public var firstCases: Int?

  /// A selection among the runs below `directories`.
  public init(directories: [URL], runs: [String] = [], firstCases: Int? = nil) {
    (self.directories, self.runs, self.firstCases) = (directories, runs, firstCases)
  }

  /// The summaries of the runs, in the order of directories and then of names.
  ///
  /// A run without results is an error where it was asked for by its name or where it is the only one; else a warning.
  ///
  /// - Throws: ``SummaryError``.
  public func summaries() throws(SummaryError) -> (summaries: [RunSummary], warnings: [String]) {
    var candidates: [URL] = []
    for directory in directories { candidates += try Self.runs(in: directory) }
    for run in runs where !candidates.contains(where: { Self.name($0).contains(run) }) {
      throw .unknownRun(run, present: candidates.map(Self.name))
    }
    let wanted = candidates.filter { url in
      runs.isEmpty || runs.contains { Self.name(url).contains($0) }
    }
    var summaries: [RunSummary] = []
    var warnings: [String] = []
    for url in wanted {
      do throws(SummaryError) {
        summaries.append(try RunSummary(url, firstCases: firstCases))
      } catch {
        guard runs.isEmpty, wanted.count > 1 else { throw error }
        warnings.append("\(error)")
      }
    }
    guard !summaries.isEmpty else {
      throw .noCases(in: directories.map(\.path).joined(separator: ", "), warnings: warnings)
    }
    return (summaries, warnings + summaries.flatMap(\.warnings))
  }

  private static func name(_ url: URL) -> String {
    "\(url.deletingLastPathComponent().lastPathComponent)/\(url.lastPathComponent)"
  }

  /// The directory itself, where it holds results, else the directories in it.
  private static func runs(in directory: URL) throws(SummaryError) -> [URL] {
    guard isDirectory(directory) else {
      let parent = directory.deletingLastPathComponent()
      throw .missingDirectory(directory.path, present: subdirectories(of: parent).map(\.lastPathComponent))
    }
    if RunSummary.hasCases(directory) { return [directory.standardizedFileURL] }
    let runs = subdirectories(of: directory)
    guard !runs.isEmpty else { throw .noRuns(in: directory.path) }
    return runs
  }

  private static func subdirectories(of directory: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }
      .map { directory.standardizedFileURL.appendingPathComponent($0, isDirectory: true) }.filter(isDirectory)
  }

  private static func isDirectory(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }
}
