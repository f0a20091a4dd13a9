import Foundation
import LanguageModels
import StrictJSON
import Testing
import TestSupport

@testable import Experiments
@testable import KnowledgeEditing

/// How models fare that ROME and fine-tuning edited as recorded, beside what the published implementation measured of its own.
struct BaselineMetricsTests {
  @Test func `a tiny Llama fares as recorded`() throws {
    try compareRankOne(Package.llamaTiny)
    try compareFineTuning(Package.llamaTiny)
  }

  @Test(
    .enabled(if: Fixtures.hasRecorded, "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny"])
  func `the other recorded models fare as recorded`(name: String) throws {
    try compareRankOne(Fixtures.recorded(name))
    try compareFineTuning(Fixtures.recorded(name))
  }

  /// The first two facts of each batch of 8 were written.
  private func compareRankOne(_ folder: URL) throws {
    let small = try SmallModel(folder)
    let settings = try Hyperparameters.read(folder.appendingPathComponent("hparams/ROME.json"), method: .rome)
    let found = try StatisticsDirectory.find(
      layerNames: settings.layers.map { small.model.downProjections[$0].name },
      below: folder.appendingPathComponent("statistics"), keyWidth: small.model.feedForwardWidth)
    let editor = try RankOneEditor(
      model: small.model, settings: settings,
      statistics: Dictionary(uniqueKeysWithValues: zip(settings.layers, found.statistics)))
    try compare("ROME", editor, writing: 2, small, folder)
  }

  private func compareFineTuning(_ folder: URL) throws {
    let small = try SmallModel(folder)
    let editor = try FineTuningEditor(
      model: small.model,
      settings: .read(folder.appendingPathComponent("hparams/FT.json")),
      targets: .asPublished(small.tokenizer))
    try compare("FT", editor, writing: 8, small, folder)
  }

  private func compare(
    _ method: String, _ editor: any FactEditor, writing count: Int, _ small: SmallModel, _ folder: URL
  ) throws {
    let records = try FactFile.records(folder.appendingPathComponent("facts.json"))
    let templates = try ContextTemplates.read(folder.appendingPathComponent("context-templates.json"))
    for start in stride(from: 0, to: records.count, by: 8) {
      let facts = records[start..<min(start + count, records.count)].map(\.fact)
      _ = try editor.edit(
        facts.map { try EditPrompts($0, templates: templates, tokenizer: small.tokenizer) })
    }
    let metrics = try CounterFactEvaluator(records, tokenizer: small.tokenizer).measure(small.model)
    let recorded = try RecordedMetrics.read(folder.appendingPathComponent("\(method).metrics.json"))
    try #require(metrics.count == recorded.count)
    for (ours, theirs) in zip(metrics, recorded) {
      try #require(ours.all.count == theirs.all.count)
      for (our, their) in zip(ours.all, theirs.all) {
        #expect(abs(exp(-our.targetNew) - exp(-their.targetNew)) < 2e-2)
        #expect(abs(exp(-our.targetTrue) - exp(-their.targetTrue)) < 2e-2)
      }
    }
    let results = try JSON.parse(Data(contentsOf: folder.appendingPathComponent("results.json")))
    try expect(CounterFactSummary(metrics), equals: results["summary"]?[method])
  }
}
