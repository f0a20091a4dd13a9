/// Why an evaluation was not carried out.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// A prompt of a record cannot be asked.
  case unusablePrompt(place: String, prompt: String, reason: String)
  /// A setting is out of range.
  case invalidSetting(String)
  /// Two records have names that would give one result file.
  case repeatedCase(id: String, file: String)
  /// No directory for the results could be made.
  case unwritable(directory: String, reason: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unusablePrompt(let place, let prompt, let reason): "\(place): the prompt “\(prompt)”: \(reason)"
    case .invalidSetting(let reason): reason
    case .repeatedCase(let id, let file):
      "\(file): the case_id \(id) is there more than once, and each record has a result file named by it; "
        + "number the records anew"
    case .unwritable(let directory, let reason): "\(directory): the results cannot be put there: \(reason)"
    }
  }
}
