import Foundation
import StrictJSON
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

struct StatisticsShardTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func shards(_ count: Int, of source: CorpusStatistics) throws -> [URL] {
    try (1...count).map { index in
      let shard = try #require(CorpusShard(index: index, count: count))
      return try StatisticsShards.write(source.collect(StatisticsSetUp.layers, shard: shard), in: folder.url)
    }
  }

  @Test(arguments: [2, 4])
  func `shards merge to the bits of one run`(count: Int) throws {
    let source = try StatisticsSetUp().source()
    let whole = folder.url.appendingPathComponent("whole")
    let expected = try StatisticsDirectory.write(
      source.collect(StatisticsSetUp.layers).statistics(), provenance: source.provenance, to: whole)
    let shards = try shards(count, of: source)
    #expect(shards.map(\.lastPathComponent).last == "shard-\(count)-of-\(count)")
    let merged = folder.url.appendingPathComponent("merged")
    let files = try StatisticsShards.merge(shards.reversed(), into: merged)
    #expect(files.map(\.lastPathComponent) == expected.map(\.lastPathComponent))
    for (ours, theirs) in zip(files, expected) {
      #expect(try Data(contentsOf: ours) == Data(contentsOf: theirs))
    }
    let list = "statistics.json"
    #expect(
      try Data(contentsOf: merged.appendingPathComponent(list))
        == Data(contentsOf: whole.appendingPathComponent(list)))
  }

  @Test func `one shard is no statistics`() throws {
    let source = try StatisticsSetUp().source()
    let run = try source.collect([1], shard: #require(CorpusShard("2/3")))
    #expect(throws: StatisticsError.self) { try run.statistics() }
    try StatisticsShards.write(run, in: folder.url)
    let error = #expect(throws: StatisticsError.self) {
      try StatisticsDirectory.find(layerNames: run.layerNames, below: folder.url, keyWidth: 288)
    }
    #expect(error?.description.contains("Merge the shards first") == true)
  }

  /// Writes a shard of made-up sums.
  private func small(
    _ shard: String, in directory: String, layers: [String] = ["h.1.fc"],
    provenance: StatisticsProvenance = smallProvenance(), count: Int = 3
  ) throws -> URL {
    let named = try layers.map { name in
      let sum = try ExactSum(width: 4, device: .cpu)
      _ = try sum.add(smallStatistics("x").sum(), count: count)
      return (name: name, sum: sum)
    }
    let run = StatisticsRun(provenance: provenance, shard: try #require(CorpusShard(shard)), layers: named)
    return try StatisticsShards.write(run, in: folder.url.appendingPathComponent(directory))
  }

  private func mergeError(_ shards: [URL]) throws -> String {
    let output = folder.url.appendingPathComponent("merged")
    let error = #expect(throws: StatisticsError.self) { try StatisticsShards.merge(shards, into: output) }
    #expect(!FileManager.default.fileExists(atPath: output.appendingPathComponent("statistics.json").path))
    return error?.description ?? ""
  }

  @Test func `an incomplete or mixed set is refused`() throws {
    let first = try small("1/3", in: "a")
    let second = try small("2/3", in: "a")
    let third = try small("3/3", in: "a")
    #expect(try mergeError([]).contains("none were given"))
    #expect(try mergeError([first, third]).contains("of 3 shards, number 2 is missing"))
    #expect(try mergeError([first, second, small("2/3", in: "b")]).contains("are both shard 2/3"))
    #expect(try mergeError([first, small("2/2", in: "b")]).contains("one of 2 shards"))
    #expect(try mergeError([first, small("2/3", in: "c", layers: ["h.2.fc"])]).contains("other layers"))
    #expect(try mergeError([folder.url]).contains("has no statistics.json"))
    var provenance = smallProvenance()
    provenance.corpusHash = "56"
    let other = try small("2/3", in: "d", provenance: provenance)
    #expect(try mergeError([first, other, third]).contains("another corpus"))
    provenance = smallProvenance()
    provenance.modelFingerprint = "78"
    #expect(try mergeError([first, small("2/3", in: "e", provenance: provenance)]).contains("another model"))
    #expect(try mergeError([small("1/1", in: "f", count: 0)]).contains("no tokens"))
    #expect(try mergeError([small("1/1", in: "g", layers: [])]).contains("is of no layers"))
  }

  @Test(arguments: [
    ("name", "../h.1.fc"), ("name", ".."), ("name", ""), ("file", "../h.1.fc.exact.npz"), ("file", ".."),
  ])
  func `a shard whose layers are named by paths is refused`(member: String, text: String) throws {
    let shard = try small("1/1", in: "a")
    let list = shard.appendingPathComponent("statistics.json")
    var manifest = try #require(JSON.parse(Data(contentsOf: list)).object)
    var layer = try #require(manifest["layers"]?.array?.first?.object)
    layer[member] = JSON(text)
    manifest["layers"] = [.object(layer)]
    try Data(JSON.object(manifest).serialized()).write(to: list)
    #expect(try mergeError([shard]).contains("“\(text)” in “layers” is a path"))
    #expect(!FileManager.default.fileExists(atPath: folder["h.1.fc_float32_mom2_10.npz"].path))
  }

  @Test func `a damaged shard is refused`() throws {
    let shards = try [small("1/2", in: "a"), small("2/2", in: "a")]
    let file = shards[1].appendingPathComponent("h.1.fc.exact.npz")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: file)
    #expect(try mergeError(shards).contains("h.1.fc.exact.npz"))
  }
}
