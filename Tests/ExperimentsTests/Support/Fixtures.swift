import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import Tokenization
import Torch

@testable import Experiments

/// Files that tests read.
enum Fixtures {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A tiny Llama with what the published implementation recorded on it.
  static let llamaTiny = tests.appendingPathComponent("KnowledgeEditingTests/Fixtures/llama-tiny")

  /// Real models and recorded answers that are not part of the repository; tests that need them are skipped without.
  static let shared: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return tests.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// The recorded edits of a model in ``shared``.
  static func recorded(_ name: String) -> URL { shared.appendingPathComponent("golden/edits/\(name)") }

  /// Whether the recorded edits are there.
  static let hasRecorded = FileManager.default.fileExists(atPath: recorded("gpt2-tiny").path)
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
  init(_ folder: URL = Fixtures.llamaTiny) throws {
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

extension CounterFactMetrics {
  var all: [PromptScore] { rewrite + paraphrase + neighborhood }
}

/// A directory that is removed with the object.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("alphaedit-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
