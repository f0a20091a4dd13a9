import Foundation
import StrictJSON

/// The means of one run's result files, as the published summary computes them.
///
/// Each case counts once, however many prompts it has; means and population standard deviations are in per cent, rounded
/// to two digits, and the score is the harmonic mean of rounded means. Cases without a number in some place do not count
/// there, where the published summary would be NaN.
public struct RunSummary: Sendable, Equatable {
  /// The run's directory.
  public let directory: URL
  /// The name of the directory that it is in, which is the method's.
  public let method: String
  /// How many cases there are.
  public let caseCount: Int
  /// The means, in the published order: those of the unedited model, if there are any, those after the edits, `time`.
  public let figures: [SummaryFigure]
  /// The tests of general ability that were made in between, in the order of edits.
  public let ability: [RecordedAbility]
  /// Everything odd: files that cannot be read, values that are no numbers.
  public let warnings: [String]

  /// Summarises a run.
  ///
  /// - Parameters:
  ///   - directory: holds files named `…case_….json`, as this project or the published code wrote them.
  ///   - firstCases: only cases whose number is below this one; all where nil.
  /// - Throws: ``SummaryError/noCases(in:warnings:)``.
  public init(_ directory: URL, firstCases: Int? = nil) throws(SummaryError) {
    let folder = directory.standardizedFileURL
    self.directory = directory
    method = folder.deletingLastPathComponent().lastPathComponent
    var cases: [RecordedCase] = []
    var warnings: [String] = []
    for name in Self.caseFiles(in: directory) {
      do throws(SummaryError) {
        cases.append(try RecordedCase(contentsOf: directory.appendingPathComponent(name)))
      } catch {
        warnings.append("\(error); left out")
      }
    }
    if let firstCases { cases.removeAll { (Int($0.id) ?? .max) >= firstCases } }
    guard !cases.isEmpty else { throw .noCases(in: directory.path, warnings: warnings) }
    cases.sort { $0.precedes($1) }
    for (earlier, later) in zip(cases, cases.dropFirst()) where earlier.id == later.id {
      warnings.append(
        "\(directory.path): case \(later.id) is in \(earlier.name) and in \(later.name); both count")
    }
    let stages = SummaryStage.allCases.map { SummaryFigure.figures($0, of: cases) }
    let (ability, odd) = RecordedAbility.read(directory.appendingPathComponent("glue_eval"))
    caseCount = cases.count
    figures = stages.flatMap(\.figures) + [SummaryFigure.time(of: cases)].compactMap { $0 }
    self.ability = ability
    self.warnings = warnings + stages.flatMap(\.warnings).map { "\(directory.path): \($0)" } + odd
  }

  /// Whether a directory holds results of cases.
  static func hasCases(_ directory: URL) -> Bool { !caseFiles(in: directory).isEmpty }

  private static func caseFiles(in directory: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.filter { $0.contains("case_") && $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
  }

  /// The method and the run: `AlphaEdit/run_000`.
  public var name: String { "\(method)/\(directory.lastPathComponent)" }

  /// A figure by its published name; nil where the run lacks it.
  public subscript(name: String) -> SummaryFigure? { figures.first { $0.name == name } }

  /// What the published summary returns: `[mean, standard deviation]` by its names, `run_dir` and `num_cases`.
  public var publishedJSON: JSON {
    var members: [JSONObject.Member] = figures.map { figure in
      let deviation = figure.standardDeviation.map { JSON($0) } ?? .null
      return (JSONString(figure.name), [JSON(figure.mean), deviation])
    }
    members += [("run_dir", JSON(directory.path)), ("num_cases", JSON(caseCount))]
    return .object(JSONObject(members))
  }

  /// The published summary, what its names mean, and the tests of general ability.
  public var json: JSON {
    let metrics: [JSON] = figures.map {
      [
        "name": JSON($0.name), "metric": JSON($0.ownName), "measures": JSON($0.definition),
        "mean": JSON($0.mean), "std": $0.standardDeviation.map { JSON($0) } ?? .null,
        "cases": JSON($0.caseCount),
      ]
    }
    return [
      "method": JSON(method), "run": JSON(directory.lastPathComponent), "published": publishedJSON,
      "metrics": JSON(metrics), "ability": JSON(ability.map(\.json)),
      "warnings": JSON(warnings.map { JSON($0) }),
    ]
  }
}
