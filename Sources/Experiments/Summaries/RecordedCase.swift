import Foundation
import StrictJSON

/// When a model was measured; raw values are the published members of result files.
enum SummaryStage: String, CaseIterable {
  /// Before the first edit.
  case pre
  /// After the edits.
  case post
}

/// A result file of one record, `{num_edits}_edits-case_{case_id}.json`, as this project or the published code wrote it.
struct RecordedCase {
  /// What one stage says.
  struct Stage {
    private let metrics: CounterFactMetrics
    /// The lists of scores that there are.
    private let lists: Set<String>
    /// All other figures by their names.
    let others: [String: Figure]
  }

  /// A figure that is not made of scores of prompts.
  struct Figure {
    /// Not a number where the file says null.
    var value: Double
    /// Whether it is the share of a list of booleans that is true.
    var isShare: Bool
  }

  /// The file's name.
  let name: String
  /// The record's name.
  let id: String
  /// Seconds that editing took; nil where the file does not say.
  let seconds: Double?
  private let stages: [SummaryStage: Stage]

  /// Reads a file.
  ///
  /// - Throws: ``SummaryError/malformed(file:reason:)``.
  init(contentsOf url: URL) throws(SummaryError) {
    func malformed(_ reason: String) -> SummaryError { .malformed(file: url.path, reason: reason) }
    let root: JSONObject
    do {
      guard let object = try PythonJSON.parse([UInt8](Data(contentsOf: url))).object else {
        throw malformed("is not an object")
      }
      root = object
    } catch let error as JSONError {
      throw malformed("line \(error.line) is not valid JSON: \(error.reason)")
    } catch let error as SummaryError {
      throw error
    } catch {
      throw malformed("cannot be read: \(error.localizedDescription)")
    }
    name = url.lastPathComponent
    id = root["case_id"].flatMap { $0.string ?? $0.int.map(String.init) } ?? Self.id(inName: name)
    seconds = root["time"]?.double
    var stages: [SummaryStage: Stage] = [:]
    for stage in SummaryStage.allCases {
      guard let value = root[stage.rawValue], !value.isNull else { continue }
      guard let object = value.object else { throw malformed("\(stage.rawValue) is no object") }
      do throws(RecordedScores.Fault) { stages[stage] = try Stage(object) } catch {
        throw malformed("\(stage.rawValue): \(error.reason)")
      }
    }
    guard !stages.isEmpty else { throw malformed("has no metrics, neither pre nor post") }
    self.stages = stages
  }

  private static func id(inName name: String) -> String {
    String(name.split(separator: "_").last?.split(separator: ".").first ?? "")
  }

  /// What a stage says; nil where the file lacks it.
  subscript(stage: SummaryStage) -> Stage? { stages[stage] }

  /// Whether this file comes before the other: by the number that names the record, else by name.
  func precedes(_ other: RecordedCase) -> Bool {
    (Int(id) ?? .max, id, name) < (Int(other.id) ?? .max, other.id, other.name)
  }
}

extension RecordedCase.Stage {
  init(_ object: JSONObject) throws(RecordedScores.Fault) {
    let recorded = try RecordedScores(object)
    (metrics, lists) = (recorded.metrics, recorded.lists)
    others = Dictionary(
      object.members.compactMap { key, value in
        recorded.lists.contains(key.text) ? nil : Self.figure(value).map { (key.text, $0) }
      }, uniquingKeysWith: { $1 })
  }

  /// A number, or the share of a list of booleans that is true; nil for whatever else there may be.
  private static func figure(_ value: JSON) -> RecordedCase.Figure? {
    switch value {
    case .number(let number): return RecordedCase.Figure(value: number.double, isShare: false)
    case .null: return RecordedCase.Figure(value: .nan, isShare: false)
    case .array(let elements):
      let answers = elements.compactMap(\.bool)
      guard !answers.isEmpty, answers.count == elements.count else { return nil }
      let share = Double(answers.count { $0 }) / Double(answers.count)
      return RecordedCase.Figure(value: share, isShare: true)
    default: return nil
    }
  }

  /// Whether the file has the scores that a metric is made of.
  func has(_ metric: CounterFactMetric) -> Bool {
    let parts = metric.publishedName.split(separator: "_")
    return lists.contains("\(parts[0])_prompts_\(parts.last == "acc" ? "correct" : "probs")")
  }

  /// A metric, as a share of 1; nil where the file has no scores for it.
  func value(_ metric: CounterFactMetric) -> Double? { has(metric) ? metric.value(of: metrics) : nil }
}
