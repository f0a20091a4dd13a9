import Foundation
import LanguageModels
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

/// ROME's edits beside those of the published implementation, which wrote the first two facts of each batch.
struct GoldenRankOneTests {
  @Test func `a tiny Llama is edited as recorded`() throws {
    try compareWithRecorded(RecordedEdits(Package.llamaTiny, method: .rome))
  }

  @Test(
    .enabled(if: SharedFolder.has("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `the other recorded models are edited as recorded`(name: String) throws {
    let folder = SharedFolder.file("golden/edits/\(name)")
    try compareWithRecorded(RecordedEdits(folder, method: .rome))
  }

  private func compareWithRecorded(_ recorded: RecordedEdits) throws {
    let editor = try editor(recorded)
    let layer = try #require(editor.layers.first)
    var (ours, theirs) = ([Tensor](), [Tensor]())
    for (number, batch) in recorded.batches.enumerated() {
      let edited = try editor.edit(Array(batch.prefix(2)))
      #expect(edited.deltas.count == 2)
      ours.append(try Tensor.stack(edited.deltas.map { try $0.matrix() }, 0).sum(0))
      theirs.append(try recorded.delta(batch: number, layer: layer))
    }
    #expect(try relativeDifference(ours[0], theirs[0]) < 5e-4)
    #expect(try relativeDifference(Tensor.stack(ours, 0).sum(0), Tensor.stack(theirs, 0).sum(0)) < 1e-2)
  }

  @Test func `restored batches give the same bytes as edited ones`() throws {
    let edited = try RecordedEdits(Package.llamaTiny, method: .rome)
    let restored = try RecordedEdits(Package.llamaTiny, method: .rome)
    let (first, second) = (try editor(edited), try editor(restored))
    let original = try first.weight(ofLayer: 2)?.clone()
    for batch in edited.batches.prefix(2) {
      try second.restore(first.edit(Array(batch.prefix(2))).state)
    }
    let weight = try #require(first.weight(ofLayer: 2))
    #expect(try bytes(weight) == bytes(#require(second.weight(ofLayer: 2))))
    #expect(try bytes(weight) == bytes(restored.model.downProjections[2].weight))
    #expect(try bytes(weight) != bytes(#require(original)))
  }

  @Test func `as published, only the first fact of a batch is written`() throws {
    let recorded = try RecordedEdits(Package.llamaTiny, method: .rome)
    let editor = try editor(recorded, onlyFirstOfBatch: true)
    let edited = try editor.edit(recorded.batches[0])
    #expect(edited.deltas.count == 1)
    #expect(edited.targets.count == 1)
    #expect(edited.keys[2]?.shape == [1, recorded.model.feedForwardWidth])
  }

  private func editor(_ recorded: RecordedEdits, onlyFirstOfBatch: Bool = false) throws -> RankOneEditor {
    let settings = try Hyperparameters.read(
      recorded.folder.appendingPathComponent("hparams/ROME.json"), method: .rome)
    return try RankOneEditor(
      model: recorded.model, settings: settings, statistics: recorded.statistics(of: settings.layers),
      onlyFirstOfBatch: onlyFirstOfBatch)
  }

  private func bytes(_ tensor: Tensor) throws -> [UInt8] { try tensor.withBytes { Array($0) } }
}
