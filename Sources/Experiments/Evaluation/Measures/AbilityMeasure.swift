import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import Reports
import StrictJSON
import Tokenization

/// General ability (`--downstream_eval_steps`): the tests of ``AbilityEvaluator``, with the published files in
/// `glue_eval/`.
struct AbilityMeasure: Measure {
  let name = "ability"
  let dependencies: JSON
  let schedule: MeasuringSchedule
  private let evaluator: AbilityEvaluator
  private let records: EvaluatedRecords
  private let batchSize: Int

  private static let directory = "glue_eval"

  /// Reads the tasks' files in the data directory's `ability`.
  ///
  /// - Parameter interval: the number of batches between two tests.
  /// - Throws: ``AbilityError``.
  init(
    _ settings: EvaluationSettings, every interval: Int, records: EvaluatedRecords, model: any LanguageModel,
    tokenizer: Tokenizer
  ) throws {
    let directory = settings.dataDirectory.appendingPathComponent("ability", isDirectory: true)
    evaluator = try AbilityEvaluator(
      directory: directory, count: settings.testsPerTask, tokenizer: tokenizer,
      maximumPositions: model.maximumPositions, asPublished: settings.asPublished)
    let files = try AbilityTask.allCases.map { task in
      let hash = try ContentHash(ofFile: directory.appendingPathComponent(task.fileName))
      return (JSONString(task.fileName), JSON(hash.hex))
    }
    dependencies = [
      "downstream_eval_steps": JSON(interval), "tests_per_task": JSON(settings.testsPerTask),
      "files": .object(JSONObject(files)),
    ]
    // The published runner tests after whole intervals only.
    schedule = MeasuringSchedule(last: !settings.asPublished, interval: interval)
    self.records = records
    batchSize = settings.batchSize
  }

  func partCount(at stage: Stage) -> Int { 1 }

  func measure(
    _ parts: [Int], at stage: Stage, of editor: any FactEditor, progress: ProgressHandler?,
    keep: (_ part: Int, _ values: JSON) throws -> Void
  ) throws {
    let result = try evaluator.measure(editor.model) { update in
      var update = update
      update.phase = "\(stage.title): \(update.phase)"
      progress?(update)
    }
    let files = result.publishedFiles(
      editCount: stage.isFirst ? -1 : stage.edits, caseIDs: caseIDs(at: stage))
    let scores = result.tasks.map { task in
      (
        JSONString(task.task.rawValue),
        [
          "generation": task.generation.json, "probability": task.probability.json,
          "left_out": JSON(task.leftOut),
        ] as JSON
      )
    }
    try keep(
      0,
      [
        "scores": .object(JSONObject(scores)),
        "files": .object(JSONObject(files.map { (JSONString($0.name), $0.json) })),
      ])
  }

  /// The names of the records of the batch that was written last.
  private func caseIDs(at stage: Stage) -> [String] {
    guard !stage.isFirst else { return [] }
    return records.facts[(stage.batches - 1) * batchSize..<stage.edits].map(\.id)
  }

  func publish(_ results: MeasuredValues, to directory: RunDirectory) throws {
    for stage in results.measuredStages(of: self) {
      for (name, json) in try results.values(of: self, part: 0, at: stage)["files"]?.object?.members ?? [] {
        // Kept values may have come with a run that somebody else began.
        guard name.text.isPlainFileName else {
          throw EvaluationError.lostMeasurement(file: results.store.url(self.name, part: 0, at: stage).path)
        }
        try directory.write(json, to: "\(Self.directory)/\(name.text)")
      }
    }
  }

  func summary(_ results: MeasuredValues) throws -> [JSONObject.Member] {
    let stages = try results.measuredStages(of: self).map { stage -> JSON in
      let scores = try results.values(of: self, part: 0, at: stage)["scores"]?.object?.members ?? []
      return .object(JSONObject([("edits", JSON(stage.edits))] + scores))
    }
    return [("ability", JSON(stages))]
  }

  func describe(_ results: MeasuredValues, in content: inout ReportContent) throws {
    let stages = try results.measuredStages(of: self).map { stage in
      (stage.edits, try results.values(of: self, part: 0, at: stage)["scores"] ?? .null)
    }
    for (measure, way, key) in [
      ("F1 of written answers", "generation", "weighted_f1"),
      ("Accuracy of the likeliest answers", "probability", "accuracy"),
    ] {
      let tasks = AbilityTask.allCases.map { task in
        ChartSeries(
          task.title,
          stages.compactMap { edits, scores in
            scores[task.rawValue]?[way]?[key]?.double.map { ChartPoint(Double(edits), 100 * $0) }
          })
      }
      content.ability.append(.ability(measure, tasks: tasks))
    }
    guard let scores = stages.last?.1 else { return }
    content.warnings += AbilityTask.allCases.compactMap { $0.notice(of: scores) }
  }
}
