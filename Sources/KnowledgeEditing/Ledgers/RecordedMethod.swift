import Ledger
import StrictJSON

/// The method and settings of a run, as its ledger recorded them.
package struct RecordedMethod: Sendable {
  /// The method.
  package let method: EditingMethod
  /// Whether faults of the published code were kept.
  package let asPublished: Bool
  /// The hyper-parameters.
  package let hyperparameters: Hyperparameters
  /// The contexts that facts were written in.
  package let templates: ContextTemplates
  /// The directory that key statistics were read from; nil where they came from the cache or a corpus.
  let statisticsDirectory: String?
  /// The digest of the key statistics of each layer, by the name of its tensor.
  let statistics: [String: String]

  /// Reads what a run recorded; `file` names the ledger in messages.
  ///
  /// - Throws: ``HistoryError/unreadableRun(file:run:reason:)``.
  init(_ run: LedgerRun, file: String) throws(HistoryError) {
    func unreadable(_ reason: String) -> HistoryError {
      .unreadableRun(file: file, run: run.id, reason: reason)
    }
    let record: JSON
    do { record = try JSON.parse(run.record) } catch { throw unreadable("\(error)") }
    guard let name = record["method"]?.string, let method = EditingMethod(rawValue: name) else {
      throw unreadable("its method is not known to this version")
    }
    self.method = method
    asPublished = record["settings"]?["as_published"]?.bool ?? false
    guard let object = record["hyperparameters"]?.object else {
      throw unreadable("it has no hyper-parameters")
    }
    do { hyperparameters = try Hyperparameters(object, method: method, file: file) } catch {
      throw unreadable("\(error)")
    }
    let types = record["context_templates"]?.array?.map { $0.array?.compactMap(\.string) ?? [] } ?? []
    do { templates = try ContextTemplates(types: types) } catch { throw unreadable("\(error)") }
    statisticsDirectory = record["settings"]?["statistics_directory"]?.string
    var digests: [String: String] = [:]
    for layer in record["layers"]?.array ?? [] {
      guard let tensor = layer["tensor"]?.string, let digest = layer["statistics"]?["sha256"]?.string else {
        continue
      }
      digests[tensor] = digest
    }
    statistics = digests
  }

  /// What the method does; nil for ROME.
  var recipe: EditingRecipe? { method.recipe(asPublished: asPublished) }
  /// What becomes of its changes.
  var changes: EditingRecipe.ChangeRule { recipe?.changes ?? .whole }
}
