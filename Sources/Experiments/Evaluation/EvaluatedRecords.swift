import Checkpoints
import Foundation
import KnowledgeEditing
import StrictJSON
import Tokenization

/// The records of a run, whatever data set they are of.
struct EvaluatedRecords {
  /// The records by their kind.
  enum Kind {
    case counterFact([CounterFactRecord])
    case zsRE([ZsRERecord])
  }

  /// The records.
  let kind: Kind
  /// The facts to write, in file order.
  let facts: [Fact]
  /// Each fact as result files have it.
  let requestedRewrites: [JSONObject]
  /// The SHA-256 of the file.
  let fileHash: ContentHash

  /// Reads the first records of the settings' file.
  ///
  /// - Throws: `FactError`; ``EvaluationError/missingFile(_:purpose:remedy:)``;
  ///   ``EvaluationError/repeatedCase(id:file:)``.
  init(_ settings: EvaluationSettings) throws {
    let file = settings.recordFile
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EvaluationError.missingFile(
        file.path, purpose: "the records to edit",
        remedy: "put it there, or name its directory with --data-dir, or the file itself with --ds_name")
    }
    if settings.dataSet == .zsRE {
      let records = try ZsRERecord.read(file, limit: settings.recordLimit)
      kind = .zsRE(records)
      facts = records.map(\.fact)
      requestedRewrites = records.map(\.requestedRewrite)
    } else {
      let records = try FactFile.records(file, limit: settings.recordLimit)
      kind = .counterFact(records)
      facts = records.map(\.fact)
      requestedRewrites = records.map(\.requestedRewrite)
    }
    fileHash = try ContentHash(ofFile: file)
    // Result files are named by their records, so these must have names of their own.
    var names: Set<String> = []
    for fact in facts where !names.insert(CaseResult.fileName(fact.id, settings.batchSize)).inserted {
      throw EvaluationError.repeatedCase(id: fact.id, file: file.path)
    }
  }
}
