import Checkpoints
import Foundation
import LanguageModels
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

struct StatisticsCollectorTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func `sums are those of the down-projection's inputs`() throws {
    let texts = ["The weather was mild that year.", "She closed the door.", "It was"]
    let file = try folder.write("corpus.txt", texts.joined(separator: "\n\n"))
    let setUp = try StatisticsSetUp(corpusFile: file)
    let collected = try setUp.source().collect([0, 5]).statistics()
    for (layer, statistics) in zip([0, 5], collected) {
      var expected = try Tensor.zeros([288, 288], dtype: .float64)
      var count = 0
      for text in texts {
        let tokens = try PackedTokens([setUp.tokenizer.encode(text).ids])
        let pass = try ForwardPass(tokens, of: setUp.model)
        pass.onDownProjectionInput = { block, input in
          guard block == layer else { return }
          let keys = try input.to(.float64)
          expected = try expected + keys.transposed().matmul(keys)
          count += input.size(0)
        }
        _ = try setUp.model.run(0..<6, setUp.model.embed(tokens.ids, positions: pass.positions), pass)
      }
      #expect(statistics.count == count)
      #expect(try relativeDifference(statistics.sum(), expected) < 1e-6)
    }
  }

  @Test func `layers do not depend on what is collected with them`() throws {
    let source = try StatisticsSetUp().source(sampleSize: 30)
    let together = try source.collect([1, 3, 2]).statistics()
    #expect(together.map(\.layerName).map { $0.split(separator: ".")[2] } == ["1", "2", "3"])
    for (layer, statistics) in zip([1, 2, 3], together) {
      #expect(try source.collect([layer]).statistics()[0].digest() == statistics.digest())
    }
  }

  @Test func `little memory gives the same but for rounding`() throws {
    let source = try StatisticsSetUp().source(sampleSize: 60)
    let full = try source.collect([1]).statistics()[0]
    let sums = 12 * 288 * 288
    let little = try source.collect([1], memory: sums + 3_100_000).statistics()[0]
    #expect(little.count == full.count)
    #expect(try relativeDifference(little.sum(), full.sum()) < 1e-6)
    let error = #expect(throws: StatisticsError.self) { try source.collect([1], memory: sums) }
    guard case .tooLittleMemory(let needed, sums) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: Never.self) { try source.collect([1], memory: needed) }
    #expect(throws: StatisticsError.self) { try source.collect([1], memory: -1) }
  }

  @Test func `progress ends with all documents`() throws {
    let source = try StatisticsSetUp().source(sampleSize: 150)
    var updates: [ProgressUpdate] = []
    let run = try source.collect([1]) { updates.append($0) }
    let last = try #require(updates.last { $0.phase == "Key statistics" })
    #expect(last.done == 150)
    #expect(last.total == 150)
    #expect(last.timeLeft == 0)
    #expect(last.detail?.contains("\(run.tokenCount) tokens") == true)
  }

  @Test(arguments: [[], [6], [-1, 2], [0, 99]])
  func `layers that the model lacks are refused`(layers: [Int]) throws {
    let source = try StatisticsSetUp().source()
    #expect(throws: StatisticsError.self) { try source.collect(layers) }
  }

  @Test func `a corpus without documents is refused`() throws {
    let file = try folder.write("corpus.txt", "\n\n")
    let source = try StatisticsSetUp(corpusFile: file).source()
    let error = #expect(throws: StatisticsError.self) { try source.collect([1]) }
    #expect(error == .emptyCorpus(files: [file.path]))
  }

  @Test func `keys that are not finite are traced to their document`() throws {
    let file = try folder.write("corpus.txt", "It was quiet.\n\nBoris closed the door.\n\nIt was mild.\n")
    let setUp = try StatisticsSetUp(corpusFile: file)
    let door = try #require(
      Set(setUp.tokenizer.encode("Boris closed the door.").ids)
        .subtracting(setUp.tokenizer.encode("It was quiet. It was mild.").ids).first)
    let weights = try PoisonedWeights(base: CheckpointWeights(setUp.checkpoint), token: door)
    let model = try ModelRegistry.make(setUp.checkpoint.configuration, weights)
    let source = try CorpusStatistics(
      checkpoint: setUp.checkpoint, model: model, tokenizer: setUp.tokenizer, corpus: setUp.corpus,
      sampleSize: nil)
    let error = #expect(throws: StatisticsError.self) { try source.collect([2]) }
    #expect(
      error
        == .nonFiniteKeys(layer: "model.layers.2.mlp.down_proj", document: 1, line: 3, files: [file.path]))
    #expect(error?.description.contains("document 2") == true)
  }
}

/// Weights with NaN in the embedding of one token.
private struct PoisonedWeights: WeightSource {
  let base: CheckpointWeights
  let token: Int

  var origin: String { base.origin }
  func has(_ name: String) -> Bool { base.has(name) }
  func storedName(_ name: String) -> String { base.storedName(name) }
  func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = try base.tensor(name, shape: shape)
    guard name.hasSuffix("embed_tokens.weight") else { return tensor }
    let poisoned = try tensor.clone()
    try poisoned.select(0, token).fillInPlace(.nan)
    return poisoned
  }
}
