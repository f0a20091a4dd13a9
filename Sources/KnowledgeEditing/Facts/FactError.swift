import Foundation

/// What is wrong with a list of facts or with one of its records.
public enum FactFault: Error, Equatable {
  /// The file cannot be read.
  case unreadable(reason: String)
  /// The file's text has none of the known shapes.
  case unknownShape(reason: String)
  /// The file holds no record.
  case noRecords
  /// The record is not valid JSON.
  case notJSON(reason: String)
  /// The record is JSON but not an object.
  case notAnObject(found: String)
  /// A key is not there.
  case missing(key: String)
  /// A key's value has another type.
  case wrongType(key: String, expected: String, found: String)
  /// A text is empty or holds white space only.
  case empty(key: String)
  /// The prompt holds `{}` but is no template.
  case template(PromptTemplateFault)
  /// The prompt holds neither `{}` nor the subject.
  case subjectNotInPrompt(subject: String, prompt: String)
  /// The prompt holds no `{}`, and the subject more than once.
  case subjectTwiceInPrompt(subject: String, prompt: String)
  /// The answer at a prompt about another subject is not the fact's former one.
  case otherLocalityAnswer(answer: String, targetTrue: String)
  /// Another record asks the same with another target.
  case conflict(record: Int, line: Int, prompt: String, target: String, otherTarget: String)
}

extension FactFault: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let reason): return "cannot be read: \(reason)"
    case .unknownShape(let reason): return reason
    case .noRecords: return "holds no facts"
    case .notJSON(let reason): return "not valid JSON: \(reason)"
    case .notAnObject(let found): return "expected an object with subject, prompt and target, found \(found)"
    case .missing(let key): return "has no \(key)"
    case .wrongType(let key, let expected, let found): return "\(key) must be \(expected), not \(found)"
    case .empty(let key): return "\(key) is empty"
    case .template(let fault): return "the prompt \(fault)"
    case .subjectNotInPrompt(let subject, let prompt):
      return "the prompt \(quoted(prompt)) does not hold the subject \(quoted(subject))"
        + Self.nearMiss(subject, prompt) + "; write {} where the subject goes"
    case .subjectTwiceInPrompt(let subject, let prompt):
      return "the prompt \(quoted(prompt)) holds the subject \(quoted(subject)) more than once; "
        + "write {} where the meant one is"
    case .otherLocalityAnswer(let answer, let targetTrue):
      return
        "locality_ground_truth is \(quoted(answer)), but prompts about other subjects are measured by the "
        + "fact's former answer \(quoted(targetTrue)); leave out locality_prompt"
    case .conflict(let record, let line, let prompt, let target, let otherTarget):
      return "asks \(quoted(prompt)) with the target \(quoted(target)), but record \(record) (line \(line)) "
        + "has the target \(quoted(otherTarget)); a model can say only one of them: remove one"
    }
  }

  /// Why a subject that a reader sees in the prompt is not there byte for byte.
  private static func nearMiss(_ subject: String, _ prompt: String) -> String {
    if prompt.contains(subject) { return " in the same Unicode form" }
    if prompt.lowercased().contains(subject.lowercased()) { return " in the same case" }
    return ""
  }
}

/// Text in quotes, long text cut, for messages.
func quoted(_ text: String) -> String {
  let limit = 80
  let shown = text.prefix(limit)
  return "\"\(shown)\(shown.endIndex < text.endIndex ? "…" : "")\""
}

/// Why a list of facts cannot be used: all that is wrong with it, up to `problemLimit`.
public struct FactError: Error, Equatable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable {
    /// The record, counted from 1; nil when the file as a whole is meant.
    public var record: Int?

    /// The line, counted from 1, on which the record starts, or where its JSON is wrong; nil when no line is meant.
    public var line: Int?

    /// What is wrong there.
    public var fault: FactFault

    /// A problem.
    public init(record: Int?, line: Int?, fault: FactFault) {
      self.record = record
      self.line = line
      self.fault = fault
    }
  }

  /// The largest number of problems that are listed.
  public static let problemLimit = 20

  /// The file's path.
  public var file: String

  /// What is wrong, in file order, at most `problemLimit` of all.
  public var problems: [Problem]

  /// How many more problems there are.
  public var omitted: Int

  /// An error with the first `problemLimit` of those problems.
  public init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = Array(problems.prefix(Self.problemLimit))
    omitted = problems.count - self.problems.count
  }

  /// The file, then a line for each problem.
  public var description: String {
    if problems.count == 1, omitted == 0, let only = problems.first { return "\(file): \(only)" }
    let total = problems.count + omitted
    let lines = problems.map { "\n  \($0)" }.joined()
    return "\(file): \(total) problems" + lines + (omitted > 0 ? "\n  and \(omitted) more" : "")
  }
}

extension FactError.Problem: CustomStringConvertible {
  /// "record 3 (line 41): what is wrong".
  public var description: String {
    switch (record, line) {
    case (let record?, let line?): "record \(record) (line \(line)): \(fault)"
    case (let record?, nil): "record \(record): \(fault)"
    case (nil, let line?): "line \(line): \(fault)"
    case (nil, nil): "\(fault)"
    }
  }
}
