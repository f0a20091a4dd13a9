import Foundation
import StrictJSON

/// Whether this machine, and a model on it, are fit for edits, and if not, what to do.
///
/// ```swift
/// let diagnosis = Diagnosis(of: checkpoint)
/// for problem in diagnosis.problems { print(problem.name, problem.text) }
/// ```
///
/// Nothing is changed, and whatever is wrong is a ``Finding`` beside the others instead of an error.
public struct Diagnosis: Sendable {
  /// Findings about one thing.
  public struct Section: Sendable {
    /// What they are about: "engine", "devices", "machine", "model".
    public let title: String
    /// The findings, in the order in which they are shown.
    public let findings: [Finding]
  }

  /// The sections, in the order in which they are shown.
  public let sections: [Section]

  /// Looks at this machine, and at a model.
  ///
  /// Takes a few seconds, with a model as long as reading its weights takes where the cache holds statistics.
  ///
  /// - Parameters:
  ///   - model: the checkpoint's directory; nil to look at the machine alone.
  ///   - facts: a file of the facts to be written into it, see ``FactFile``; nil for 100 facts of ordinary length.
  ///   - hyperparameters: a file of hyper-parameters or the name of built-in ones; nil for those that an edit takes by itself.
  ///   - memory: bytes of working memory that an edit may take beside the weights.
  ///   - cache: where statistics and null spaces are kept.
  public init(
    of model: URL? = nil, facts: URL? = nil, hyperparameters: String? = nil,
    memory: Int = MemoryAllowance.usual, cache: URL = CacheDirectory.standard()
  ) {
    let machine = MachineDiagnosis(cache: cache)
    var sections = [
      Section(title: "engine", findings: machine.engine),
      Section(title: "devices", findings: machine.devices),
      Section(title: "machine", findings: machine.resources),
    ]
    if let model {
      let findings = ModelDiagnosis(
        of: model, facts: facts, hyperparameters: hyperparameters, places: machine.places, memory: memory,
        cache: cache
      ).findings
      sections.append(Section(title: "model", findings: findings))
    }
    self.sections = sections
  }

  /// All findings.
  public var findings: [Finding] { sections.flatMap(\.findings) }

  /// What makes edits fail.
  public var problems: [Finding] { findings.filter { $0.verdict == .problem } }

  /// The worst verdict.
  public var verdict: Finding.Verdict { findings.map(\.verdict).max() ?? .ok }

  /// The findings by section, and the worst verdict.
  public var json: JSON {
    let sections = sections.map { section in
      (JSONString(section.title), JSON(section.findings.map(\.json)))
    }
    return .object(JSONObject([("verdict", JSON(verdict.rawValue))] + sections))
  }
}
