import Foundation
import StrictJSON

/// A file of scores in tests of general ability, `…_glue.json`, as this project or the published code wrote it.
public struct RecordedAbility: Sendable, Equatable {
  /// A task's scores; nil where the file has no number.
  public struct Scores: Sendable, Equatable {
    /// The task.
    public var task: AbilityTask
    /// The share of written answers that are right.
    public var accuracy: Double?
    /// The weighted F1 of written answers (`f1`).
    public var weightedF1: Double?
    /// Matthews' correlation of written answers (`mcc`).
    public var matthewsCorrelation: Double?
    /// The weighted F1 of the likeliest candidates (`f1_new`).
    public var probabilityF1: Double?
    /// How many written answers are none.
    public var invalid: Int?
    /// How many questions there are.
    public var total: Int?
  }

  /// How many edits the model had had; nil for the unedited model.
  public let editCount: Int?
  /// The tasks' scores in the published order.
  public let tasks: [Scores]

  /// All stages in a directory in the order of edits, and what is odd there; none where there is no such directory.
  static func read(_ directory: URL) -> (stages: [RecordedAbility], warnings: [String]) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    var stages: [RecordedAbility] = []
    var warnings: [String] = []
    for name in names.sorted() where name.hasSuffix("_glue.json") && !name.hasPrefix(".") {
      let file = directory.appendingPathComponent(name)
      do {
        stages.append(try RecordedAbility(PythonJSON.parse([UInt8](Data(contentsOf: file)))))
      } catch let error as JSONError {
        warnings.append("\(file.path): line \(error.line) is not valid JSON: \(error.reason); left out")
      } catch let fault as Fault {
        warnings.append("\(file.path): \(fault.reason); left out")
      } catch {
        warnings.append("\(file.path): cannot be read: \(error.localizedDescription); left out")
      }
    }
    stages.sort { ($0.editCount ?? -1) < ($1.editCount ?? -1) }
    for (earlier, later) in zip(stages, stages.dropFirst()) where earlier.editCount == later.editCount {
      warnings.append("\(directory.path): two files are about \(later.name) edits; both are shown")
    }
    return (stages, warnings)
  }

  private struct Fault: Error {
    var reason: String
  }

  private init(_ json: JSON) throws {
    guard let count = json["edit_num"]?.int else { throw Fault(reason: "has no number edit_num") }
    editCount = count < 0 ? nil : count
    var tasks: [Scores] = []
    for task in AbilityTask.allCases {
      guard let scores = json[task.publishedKey]?.object else { continue }
      let (correct, total) = (scores["correct"]?.int, scores["total"]?.int)
      var accuracy: Double?
      if let correct, let total, total > 0 { accuracy = Double(correct) / Double(total) }
      tasks.append(
        Scores(
          task: task, accuracy: accuracy, weightedF1: scores["f1"]?.double,
          matthewsCorrelation: scores["mcc"]?.double, probabilityF1: scores["f1_new"]?.double,
          invalid: scores["invalid"]?.int, total: total))
    }
    guard !tasks.isEmpty else { throw Fault(reason: "has none of the known tasks") }
    self.tasks = tasks
  }

  /// The number of edits in words.
  var name: String { editCount.map { String($0) } ?? "0 (unedited)" }

  /// The scores by this project's names.
  var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { JSON($0) } ?? .null }
    func count(_ value: Int?) -> JSON { value.map { JSON($0) } ?? .null }
    let members: [JSONObject.Member] = tasks.map { scores in
      let values: JSON = [
        "generation_accuracy": number(scores.accuracy), "generation_weighted_f1": number(scores.weightedF1),
        "generation_mcc": number(scores.matthewsCorrelation),
        "probability_weighted_f1": number(scores.probabilityF1), "invalid": count(scores.invalid),
        "total": count(scores.total),
      ]
      return (JSONString(scores.task.rawValue), values)
    }
    return .object(JSONObject([("edits", JSON(editCount ?? 0))] + members))
  }
}
