import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

extension FuzzedReader {
  /// Files of facts and of records.
  static let facts = FuzzedReader("facts", .json) { bytes, _ in
    do throws(FactError) { _ = try FactFile.records(bytes, file: "facts.json") } catch {
      _ = error.description
    }
    let file = try FactFile(bytes, file: "facts.json")
    for fact in file.facts {
      try promise(fact.filledPrompt.utf8.count >= fact.subject.utf8.count, "a prompt without its subject")
    }
  }

  /// Files of hyper-parameters, of every method.
  static let hyperparameters = FuzzedReader("hyperparameters", .json) { bytes, directory in
    let url = try write(bytes, "hparams.json", in: directory)
    try inOneWay(
      [
        { _ = try ContextTemplates.read(url) },
        {
          let settings = try FineTuningSettings.read(url)
          try again(settings.json) { try FineTuningSettings($0) == settings }
        },
      ]
        + EditingMethod.allCases.map { method in
          {
            let settings = try Hyperparameters.read(url, method: method)
            try again(settings.json) { try Hyperparameters($0, method: method) == settings }
          }
        })
  }

  /// What was written is read again, and is the same.
  private static func again(_ json: JSON, _ isSame: (JSONObject) throws -> Bool) throws {
    guard let object = json.object else { throw BrokenPromise("settings were written as \(json.kind)") }
    do { try promise(isSame(object), "other settings were read than written: \(json.text())") } catch let
      error
      where !(error is BrokenPromise)
    {
      throw BrokenPromise("settings that were written are refused: \(error): \(json.text())")
    }
  }

  /// `ledger.sqlite`, all of it.
  static let ledger = FuzzedReader("ledger", .bytes) { bytes, directory in
    let ledger = try Ledger(contentsOf: write(bytes, Ledger.fileName, in: directory))
    let base = try ledger.base()
    for tensor in base.tensors { _ = try ledger.baseBytes(of: tensor.name) }
    for fact in try ledger.facts() { _ = try ledger.targetValue(ofFact: fact.id) }
    _ = try ledger.batches()
    for step in try ledger.steps() { _ = try ledger.difference(from: 0, to: step.id) }
    let history = try EditHistory(required: directory)
    try promise(history.present.allSatisfy { $0.removedBy == nil }, "a fact is there and was removed")
  }

  /// `delta.safetensors`.
  static let delta = FuzzedReader("delta", .safetensors) { bytes, directory in
    try write(bytes, DeltaFile.fileName, in: directory)
    _ = try DeltaFile(in: directory)
  }

  /// Any JSON document.
  static let json = FuzzedReader("json", .json) { bytes, _ in
    let document = try JSON.parse(bytes)
    try promise(JSON.parse(document.serialized()) == document, "another document was written than read")
    _ = try JSON.parse(bytes, duplicateKeys: .keepLast, loneSurrogates: .replace)
  }
}
