import Checkpoints
import Foundation
import LanguageModels
import Tokenization
import Torch
import TestSupport

@testable import KnowledgeEditing

/// A recorded model with its tokenizer and the corpus of its statistics.
struct StatisticsSetUp {
  static let layers = [1, 2, 3]

  let folder: URL
  let checkpoint: Checkpoint
  let model: any LanguageModel
  let tokenizer: Tokenizer
  let corpus: Corpus

  /// - Parameter corpusFile: nil for the recorded corpus
  init(_ folder: URL = Package.llamaTiny, corpusFile: URL? = nil) throws {
    self.folder = folder
    checkpoint = try Checkpoint(directory: folder.appendingPathComponent("model"))
    model = try ModelRegistry.load(checkpoint)
    tokenizer = try Tokenizer(contentsOf: checkpoint.directory)
    corpus = try Corpus(files: [corpusFile ?? folder.appendingPathComponent("corpus.jsonl")])
  }

  var layerNames: [String] { Self.layers.map { model.downProjections[$0].name } }

  func source(sampleSize: Int? = 300) throws -> CorpusStatistics {
    try CorpusStatistics(
      checkpoint: checkpoint, model: model, tokenizer: tokenizer, corpus: corpus, sampleSize: sampleSize)
  }

  func recorded() throws -> FoundStatistics {
    try StatisticsDirectory.find(
      layerNames: layerNames, below: folder.appendingPathComponent("statistics"),
      keyWidth: model.feedForwardWidth)
  }
}

/// ‖a − b‖ / ‖b‖, in float64.
func relativeDifference(_ a: Tensor, _ b: Tensor) throws -> Double {
  let b = try b.to(.float64)
  return try (a.to(.float64) - b).norm().item() / b.norm().item()
}

/// Statistics of a layer of width 4, every element of the sum made from `seed`.
func smallStatistics(
  _ layer: String, seed: Double = 1, count: Int = 10, sampleSize: Int? = 300
) throws -> KeyStatistics {
  let keys = try Tensor((0..<12).map { Float(seed * Double($0 % 5) + 1) }, shape: [3, 4])
  return try KeyStatistics(
    layerName: layer, sum: keys.transposed().matmul(keys), count: count, sampleSize: sampleSize)
}
