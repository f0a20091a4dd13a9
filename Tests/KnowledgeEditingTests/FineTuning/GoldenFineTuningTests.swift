import Foundation
import LanguageModels
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

/// Fine-tuning beside that of the published implementation.
struct GoldenFineTuningTests {
  @Test func `a tiny Llama is trained as recorded`() throws {
    try compareWithRecorded(RecordedEdits(Package.llamaTiny, method: .fineTuning))
  }

  @Test(
    .enabled(if: SharedFolder.has("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `the other recorded models are trained as recorded`(name: String) throws {
    let folder = SharedFolder.file("golden/edits/\(name)")
    try compareWithRecorded(RecordedEdits(folder, method: .fineTuning))
  }

  private func compareWithRecorded(_ recorded: RecordedEdits) throws {
    let editor = try editor(recorded, targets: .asPublished(recorded.tokenizer))
    let layer = try #require(editor.layers.first)
    var (ours, theirs) = ([Tensor](), [Tensor]())
    for (number, batch) in recorded.batches.enumerated() {
      ours.append(try change(editor.edit(batch), of: recorded.model, layer))
      theirs.append(try recorded.delta(batch: number, layer: layer))
    }
    #expect(try relativeDifference(ours[0], theirs[0]) < 5e-4)
    #expect(try relativeDifference(Tensor.stack(ours, 0).sum(0), Tensor.stack(theirs, 0).sum(0)) < 1e-2)
  }

  @Test func `a target's own tokens are other ones than the published code scores for Llama`() throws {
    let recorded = try RecordedEdits(Package.llamaTiny, method: .fineTuning)
    let published = try FineTuningTargets.asPublished(recorded.tokenizer)
    let batch = recorded.batches[0]
    let longest = try #require(batch.map(\.targetIDs.count).max())
    #expect(published.ids(batch).allSatisfy { $0.count == longest + 1 && $0[0] == recorded.tokenizer.bosID })
    #expect(FineTuningTargets.own.ids(batch) == batch.map(\.targetIDs))
  }

  @Test func `restored batches give the same bytes as trained ones`() throws {
    let edited = try RecordedEdits(Package.llamaTiny, method: .fineTuning)
    let restored = try RecordedEdits(Package.llamaTiny, method: .fineTuning)
    let (first, second) = (try editor(edited), try editor(restored))
    let original = try #require(first.weight(ofLayer: 3))
    for batch in edited.batches.prefix(2) { try second.restore(first.edit(batch).state) }
    let weight = try #require(first.weight(ofLayer: 3))
    #expect(try bytes(weight) == bytes(#require(second.weight(ofLayer: 3))))
    #expect(try bytes(weight) == bytes(restored.model.downProjections[3].weight))
    #expect(try bytes(weight) != bytes(original))
  }

  private func editor(
    _ recorded: RecordedEdits, targets: FineTuningTargets = .own
  ) throws -> FineTuningEditor {
    let settings = try FineTuningSettings.read(recorded.folder.appendingPathComponent("hparams/FT.json"))
    return try FineTuningEditor(model: recorded.model, settings: settings, targets: targets)
  }

  /// The change of a layer's weight, [d, n].
  private func change(_ edited: EditedBatch, of model: any LanguageModel, _ layer: Int) throws -> Tensor {
    let linear = model.downProjections[layer]
    let change = try #require(edited.state.remembered["change." + linear.tensorName])
    return linear.storage == .outIn ? change : try change.transposed()
  }

  private func bytes(_ tensor: Tensor) throws -> [UInt8] { try tensor.withBytes { Array($0) } }
}
