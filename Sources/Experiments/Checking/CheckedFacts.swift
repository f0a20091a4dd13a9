import Foundation
import KnowledgeEditing
import Ledger

/// The facts that an edited checkpoint should hold, and the records they are from.
struct CheckedFacts {
  /// The facts.
  let facts: [Fact]
  /// Those records with a former target, paraphrases and neighbours that are of these facts.
  let records: [CounterFactRecord]
  /// Why there are no records; nil where there are.
  let recordsMissing: String?

  /// The facts that a file holds, for a checkpoint whose history is not known.
  ///
  /// - Throws: `FactError`.
  init(of file: URL) throws {
    facts = try FactFile(contentsOf: file).facts
    do {
      (records, recordsMissing) = Self.chosen(try FactFile.records(file), of: facts)
    } catch {
      (records, recordsMissing) = ([], "\(file.path) holds no CounterFact records")
    }
  }

  /// The facts in effect by a ledger.
  ///
  /// - Parameters:
  ///   - history: the ledger.
  ///   - file: records to measure with; nil for the files that the facts were read from, where these are still there.
  /// - Throws: `FactError` for a file that was named, `LedgerError`, `FactFault`.
  init(of history: EditHistory, records file: URL?) throws {
    facts = try history.present.map { try $0.fact() }
    if let file {
      (records, recordsMissing) = Self.chosen(try FactFile.records(file), of: facts)
      return
    }
    let files = try history.factFiles()
    let records = files.flatMap { (try? FactFile.records($0)) ?? [] }
    if records.isEmpty {
      self.records = []
      recordsMissing =
        "no CounterFact records are in \(files.map(\.path).joined(separator: ", ")); name them with --facts FILE"
    } else {
      (self.records, recordsMissing) = Self.chosen(records, of: facts)
    }
  }

  /// The records that write one of the facts, each once.
  private static func chosen(
    _ records: [CounterFactRecord], of facts: [Fact]
  ) -> ([CounterFactRecord], missing: String?) {
    func key(_ fact: Fact) -> [UInt8] { Array(fact.filledPrompt.utf8) + [0] + Array(fact.target.utf8) }
    var wanted = Set(facts.map(key))
    let chosen = records.filter { wanted.remove(key($0.fact)) != nil }
    return (chosen, chosen.isEmpty ? "none of the records is of a fact in effect" : nil)
  }
}
