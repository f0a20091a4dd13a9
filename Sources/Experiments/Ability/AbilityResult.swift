import StrictJSON

/// How a model fares in tests of general ability.
public struct AbilityResult: Sendable, Equatable {
  /// The tasks in the order in which they were run.
  public let tasks: [AbilityTaskResult]

  /// A task's result; nil where it was not run.
  public subscript(task: AbilityTask) -> AbilityTaskResult? { tasks.first { $0.task == task } }

  /// What was left out, a line for each task that something was left out of.
  public var warnings: [String] {
    tasks.compactMap { $0.task.notice(leftOut: $0.leftOut, asked: $0.answers.count) }
  }

  /// The scores by this project's names: for each task an object with `generation` (what the model writes) and
  /// `probability` (the likeliest candidate).
  public var json: JSON {
    .object(JSONObject(tasks.map { (JSONString($0.task.rawValue), $0.json) }))
  }

  /// The published `…_glue.json`.
  ///
  /// - Parameters:
  ///   - editCount: how many edits the model has had; −1, as published, for the unedited model.
  ///   - caseIDs: the names of the records of the batch edited last; none for the unedited model.
  public func publishedJSON(editCount: Int = -1, caseIDs: [String] = []) -> JSON {
    var members: [JSONObject.Member] = [("edit_num", JSON(editCount))]
    if !caseIDs.isEmpty { members.append(("case_id", JSON(caseIDs.map(CaseResult.identifier)))) }
    members += tasks.map { (JSONString($0.task.publishedKey), $0.publishedJSON) }
    return .object(JSONObject(members))
  }

  /// The published `…_{task}_gen.json`: an object for each question; empty for a task that was not run.
  public func publishedCases(_ task: AbilityTask) -> JSON { self[task]?.publishedCases ?? [] }

  /// All published files by their names in `glue_eval/`: `base_glue.json` and `base_{task}_gen.json`, or `case_{id}_…`
  /// with the first of `caseIDs`.
  public func publishedFiles(editCount: Int = -1, caseIDs: [String] = []) -> [(name: String, json: JSON)] {
    let stage = caseIDs.first.map { "case_\(CaseResult.plainName($0))" } ?? "base"
    let scores = ("\(stage)_glue.json", publishedJSON(editCount: editCount, caseIDs: caseIDs))
    return [scores] + tasks.map { ("\(stage)_\($0.task.rawValue)_gen.json", $0.publishedCases) }
  }
}

/// How a model fares in one task.
public struct AbilityTaskResult: Sendable, Equatable {
  /// Every question's answers, in file order.
  public let answers: [AbilityAnswer]
  /// How many questions were not asked, since they are longer than the model's positions.
  public let leftOut: Int
  /// How long the test took, in seconds.
  public let seconds: Double

  private let asPublished: Bool
  /// The task.
  public let task: AbilityTask

  init(form: AbilityForm, answers: [AbilityAnswer], leftOut: Int, seconds: Double) {
    (task, asPublished) = (form.task, form.asPublished)
    self.answers = answers
    self.leftOut = leftOut
    self.seconds = seconds
  }

  private var form: AbilityForm { AbilityForm(task: task, asPublished: asPublished) }

  /// How right the answers are that the model writes.
  public var generation: ClassificationScore {
    ClassificationScore(labels: answers.map(\.label), predictions: answers.map(\.generatedLabel))
  }

  /// How right the likeliest of the candidate answers are.
  public var probability: ClassificationScore {
    ClassificationScore(labels: answers.map(\.label), predictions: answers.map(\.likeliestLabel))
  }

  /// The scores of both ways to answer.
  public var json: JSON {
    [
      "task": JSON(task.title), "questions": JSON(answers.count), "left_out": JSON(leftOut),
      "generation": generation.json,
      "probability": probability.json, "seconds": JSON(seconds),
    ]
  }

  /// The members of the published files: all about generation but `f1_new` and, for MMLU, `correct_new` and
  /// `incorrect_new`, which are about probability.
  var publishedJSON: JSON {
    let (written, likeliest) = (generation, probability)
    var members: [JSONObject.Member] = [
      ("correct", JSON(written.correct)), ("incorrect", JSON(written.incorrect)),
      ("invalid", JSON(written.invalid)), ("total", JSON(written.total)), ("f1", JSON(written.weightedF1)),
      ("f1_new", JSON(likeliest.weightedF1)), ("mcc", JSON(written.matthewsCorrelation)),
      ("time", JSON(seconds)),
    ]
    if task == .mmlu {
      members += [
        ("correct_new", JSON(likeliest.correct)),
        ("incorrect_new", JSON(likeliest.total - likeliest.correct)),
      ]
    }
    return .object(JSONObject(members))
  }

  var publishedCases: JSON { JSON(answers.map { $0.publishedJSON(form) }) }
}

extension ClassificationScore {
  /// The score by this project's names.
  public var json: JSON {
    [
      "accuracy": JSON(accuracy), "weighted_f1": JSON(weightedF1), "mcc": JSON(matthewsCorrelation),
      "correct": JSON(correct), "incorrect": JSON(incorrect), "invalid": JSON(invalid), "total": JSON(total),
    ]
  }
}
