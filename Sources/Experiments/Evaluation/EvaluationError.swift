import KnowledgeEditing

/// Why an evaluation was not carried out.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// A prompt of a record cannot be asked.
  case unusablePrompt(place: String, prompt: String, reason: String)
  /// There are no reference texts of a record's attribute.
  case missingSnippets(place: String, relation: String, target: String)
  /// A file of the data directory cannot be used.
  case unusableFile(file: String, reason: String)
  /// A setting is out of range.
  case invalidSetting(String)
  /// Two records have names that would give one result file.
  case repeatedCase(id: String, file: String)
  /// A file that the settings need is not there.
  case missingFile(String, purpose: String, remedy: String)
  /// No directory for the results could be made.
  case unwritable(directory: String, reason: String)
  /// No run of that name is there to be continued.
  case noSuchRun(name: String, directory: String, known: [String])
  /// A directory of results holds no run that can be continued.
  case notContinuable(directory: String, reason: String)
  /// The run in the directory was made with other settings or data.
  case anotherRun(directory: String, difference: String)
  /// A measurement was removed or damaged while the run went on.
  case lostMeasurement(file: String)
  /// A batch passed a bound of the guard; the batches before it are kept with what was measured of them.
  case stopped(directory: String, batch: Int, batchCount: Int, breach: DriftBreach)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unusablePrompt(let place, let prompt, let reason):
      return "\(place): the prompt “\(prompt)”: \(reason)"
    case .missingSnippets(let place, let relation, let target):
      return "\(place): there are no reference texts of relation “\(relation)” and target “\(target)”; "
        + "use the snippets that belong to the data set, or skip the generation tests"
    case .unusableFile(let file, let reason): return "\(file): \(reason)"
    case .invalidSetting(let reason): return reason
    case .repeatedCase(let id, let file):
      return
        "\(file): the case_id \(id) is there more than once, and each record has a result file named by it; "
        + "number the records anew"
    case .missingFile(let file, let purpose, let remedy):
      return "\(file): there is no such file, and it is needed for \(purpose); \(remedy)"
    case .unwritable(let directory, let reason):
      return "\(directory): the results cannot be put there: \(reason)"
    case .noSuchRun(let name, let directory, let known):
      return "\(directory): there is no run “\(name)” to continue; "
        + (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))")
    case .notContinuable(let directory, let reason):
      return
        "\(directory): this run cannot be continued: \(reason). Start a new run without --continue_from_run"
    case .anotherRun(let directory, let difference):
      return
        "\(directory): this is another run: \(difference). Give the arguments that it was started with, or "
        + "start a new run without --continue_from_run"
    case .lostMeasurement(let file):
      return
        "\(file): this measurement was removed or changed while the run went on; continue the run to take it "
        + "again"
    case .stopped(let directory, let batch, let batchCount, let breach):
      return
        "\(directory): stopped at batch \(batch) of \(batchCount): \(breach). The batches before it are kept with what was "
        + "measured of them; with another bound or none, --continue_from_run goes on from there"
    }
  }
}
