import Foundation

/// The records that an evaluation edits and measures.
public enum DataSet: Sendable, Equatable {
  /// CounterFact without the records that contradict each other (`mcf`), for batches of any size.
  case multiCounterFact
  /// CounterFact as it is (`cf`), edited a record at a time.
  case counterFact
  /// Questions of zsRE in MEND's layout (`zsre`).
  case zsRE
  /// A file in CounterFact's layout or EasyEdit's.
  case file(URL)

  /// The data set that `--ds_name` names: `mcf`, `cf`, `zsre`, or the path of a file.
  ///
  /// - Throws: ``EvaluationError/invalidSetting(_:)``.
  public init(named name: String) throws(EvaluationError) {
    switch name {
    case "mcf": self = .multiCounterFact
    case "cf": self = .counterFact
    case "zsre": self = .zsRE
    default:
      guard FileManager.default.fileExists(atPath: name) else {
        throw .invalidSetting(
          "the data set “\(name)” is none of mcf, cf and zsre, and there is no such file; records must have the "
            + "CounterFact layout")
      }
      self = .file(URL(fileURLWithPath: name))
    }
  }

  /// The file of records; those that have names are looked for by their published file names.
  public func url(in dataDirectory: URL) -> URL {
    switch self {
    case .multiCounterFact: dataDirectory.appendingPathComponent("multi_counterfact.json")
    case .counterFact: dataDirectory.appendingPathComponent("counterfact.json")
    case .zsRE: dataDirectory.appendingPathComponent("zsre_mend_eval.json")
    case .file(let url): url
    }
  }
}
