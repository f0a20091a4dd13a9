import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import Tokenization
import Torch
import TestSupport

@testable import Experiments

/// Files that tests read.
enum Fixtures {
  /// The recorded edits of a model in the shared folder.
  static func recorded(_ name: String) -> URL { SharedFolder.file("golden/edits/\(name)") }

  /// Whether the recorded edits are there.
  static let hasRecorded = SharedFolder.has("golden/edits/gpt2-tiny")
}

extension EvaluationSettings {
  /// The recorded edits of the model in `folder`, the results of which go to `results`.
  init(recorded folder: URL, results: TemporaryDirectory) {
    self.init(model: folder.appendingPathComponent("model"))
    hyperparameters = folder.appendingPathComponent("hparams/AlphaEdit.json").path
    dataSet = .file(folder.appendingPathComponent("facts.json"))
    batchSize = 8
    skipsGeneration = true
    statistics = .directory(folder.appendingPathComponent("statistics"))
    contextTemplates = folder.appendingPathComponent("context-templates.json")
    self.results = results.url
    cache = results.url.appendingPathComponent("cache")
  }
}

/// A model with its tokenizer.
struct SmallModel {
  let model: any LanguageModel
  let tokenizer: Tokenizer

  /// - Parameter folder: holds `model/`
  init(_ folder: URL = Package.llamaTiny) throws {
    try self.init(checkpoint: folder.appendingPathComponent("model"))
  }

  init(checkpoint directory: URL) throws {
    Engine.setThreadCount(1)
    let checkpoint = try Checkpoint(directory: directory)
    model = try ModelRegistry.load(checkpoint, dtype: .float32)
    tokenizer = try Tokenizer(contentsOf: checkpoint.directory)
  }
}

/// Metrics that the published implementation recorded.
enum RecordedMetrics {
  static func read(_ url: URL) throws -> [CounterFactMetrics] {
    try #require(JSON.parse(Data(contentsOf: url)).array).map {
      try #require($0.object.flatMap { CounterFactMetrics($0) })
    }
  }
}
