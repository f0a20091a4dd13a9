import Testing
import TestSupport

@testable import KnowledgeEditing

/// Statistics collected here and by the published implementation.
struct RecordedStatisticsTests {
  @Test func `a tiny Llama's statistics are the recorded ones`() throws {
    try compareWithRecorded(StatisticsSetUp())
  }

  @Test(
    .enabled(if: SharedFolder.has("golden/edits"), "needs the recorded answers in ../shared"),
    arguments: ["gpt2-tiny", "gptj-tiny", "llama-tiny"])
  func `statistics of all recorded models are the recorded ones`(name: String) throws {
    try compareWithRecorded(StatisticsSetUp(SharedFolder.file("golden/edits/\(name)")))
  }

  private func compareWithRecorded(_ setUp: StatisticsSetUp) throws {
    let collected = try setUp.source().collect(StatisticsSetUp.layers).statistics()
    let recorded = try setUp.recorded().statistics
    #expect(collected.map(\.layerName) == setUp.layerNames)
    for (ours, theirs) in zip(collected, recorded) {
      #expect(ours.layerName == theirs.layerName)
      #expect(ours.count == theirs.count)
      #expect(ours.sampleSize == theirs.sampleSize)
      let difference = try relativeDifference(ours.sum(), theirs.sum())
      #expect(difference < 1e-6, "\(ours.layerName)")
      #expect(try relativeDifference(ours.secondMoment(), theirs.secondMoment()) < 1e-6)
    }
  }
}
