import Checkpoints
import Foundation
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

struct StatisticsFileTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(
    arguments: [
      ("model.layers.4.mlp.down_proj_float32_mom2_100000.npz", "model.layers.4.mlp.down_proj", 100_000),
      ("transformer.h.13.mlp.c_proj_float32_mom2.npz", "transformer.h.13.mlp.c_proj", nil),
      ("transformer.h.3.mlp.fc_out_float16_mom2_300.npz", "transformer.h.3.mlp.fc_out", 300),
      ("a_b_float32_mean-mom2_5.npz", "a_b", 5),
      (
        "model.layers.4.mlp.down_proj_float32_mom2_t{batch_tokens}_100000.npz",
        "model.layers.4.mlp.down_proj", 100_000
      ),
      ("model.layers.4.mlp.down_proj_float32_mom2_t2048_100000.npz", "model.layers.4.mlp.down_proj", 100_000),
    ] as [(String, String, Int?)])
  func `published names are understood`(name: String, layer: String, size: Int?) {
    #expect(StatisticsFileName(name) == StatisticsFileName(layerName: layer, sampleSize: size))
  }

  @Test(arguments: [
    "", ".npz", "mom2.npz", "_float32_mom2_3.npz", "a_float32_mom2_3.npy", "a_float32_mom1_3.npz",
    "a_int8_mom2.npz",
    "a_float32_mom2_x.npz", "model.layers.4.exact.npz", "null_space_project.npz",
  ])
  func `other names are not`(name: String) { #expect(StatisticsFileName(name) == nil) }

  @Test func `a recorded file is written again byte for byte`() throws {
    let name = "model.layers.2.mlp.down_proj_float32_mom2_300.npz"
    let recorded = Package.llamaTiny.appendingPathComponent("statistics/\(name)")
    let statistics = try StatisticsArchive.read(
      recorded, layerName: "model.layers.2.mlp.down_proj", keyWidth: 288)
    #expect(statistics.count == 17_449)
    #expect(statistics.sampleSize == 300)
    let copy = folder.url.appendingPathComponent(name)
    try StatisticsArchive.write(statistics, to: copy, overwrite: false)
    #expect(try Data(contentsOf: copy) == Data(contentsOf: recorded))
  }

  @Test func `a whole corpus is marked by the published NaN`() throws {
    let file = folder.url.appendingPathComponent("a_float32_mom2.npz")
    try StatisticsArchive.write(smallStatistics("a", sampleSize: nil), to: file, overwrite: false)
    let stored = try NpzFile(contentsOf: file).array("sample_size").doubles()
    #expect(stored.map(\.bitPattern) == [0xFFF8_0000_0000_0002])
    #expect(try StatisticsArchive.read(file, layerName: "a", keyWidth: 4).sampleSize == nil)
  }

  @Test func `what is no second moment is refused`() throws {
    func refused(_ arrays: [NewNumpyArray]) throws -> String {
      let file = folder.url.appendingPathComponent("a_float32_mom2_3.npz")
      try NpzWriter.write(arrays, to: file, overwrite: true)
      let error = #expect(throws: (any Error).self) {
        try StatisticsArchive.read(file, layerName: "a", keyWidth: 2)
      }
      return error.map { "\($0)" } ?? ""
    }
    let constructor = NewNumpyArray(name: "mom2.constructor", "util.runningstats.SecondMoment()")
    let count = NewNumpyArray(name: "mom2.count", 5)
    let size = NewNumpyArray(name: "sample_size", 3)
    func sum(_ shape: [Int], _ floats: [Float]) -> NewNumpyArray {
      NewNumpyArray(name: "mom2.mom2", shape: shape, floats: floats)
    }
    let good = sum([2, 2], [1, 0, 0, 1])
    #expect(
      try refused([NewNumpyArray(name: "mom2.constructor", "Mean()"), count, good, size]).contains("Mean()"))
    #expect(try refused([constructor, count, size]).contains("mom2.mom2"))
    #expect(try refused([constructor, good, size]).contains("mom2.count"))
    #expect(try refused([constructor, count, good]).contains("sample_size"))
    #expect(
      try refused([constructor, NewNumpyArray(name: "mom2.count", 0), good, size]).contains("0 tokens"))
    #expect(try refused([constructor, count, sum([2, 1], [1, 1]), size]).contains("[2, 1]"))
    #expect(try refused([constructor, count, sum([1, 1], [1]), size]).contains("1 wide"))
    #expect(try refused([constructor, count, sum([2, 2], [1, .nan, 0, 1]), size]).contains("NaN"))
    #expect(try refused([constructor, count, sum([2, 2], [1, 0, 0, -1]), size]).contains("negative"))
    #expect(try refused([constructor, count, good, NewNumpyArray(name: "sample_size", -1)]).contains("-1"))
    let wholeNumbers = NewNumpyArray(
      name: "mom2.mom2", type: .bool, shape: [2, 2], bytes: [1, 1, 1, 1])
    #expect(try refused([constructor, count, wholeNumbers, size]).contains("|b1"))
  }

  @Test func `statistics give the mean and a digest of their contents`() throws {
    let statistics = try smallStatistics("a", count: 10)
    #expect(try relativeDifference(statistics.secondMoment() * 10, statistics.sum()) < 1e-7)
    #expect(try statistics.secondMoment(.float64).dtype == .float64)
    let digest = try statistics.digest()
    #expect(try smallStatistics("a", count: 10).digest() == digest)
    #expect(try smallStatistics("b", count: 10).digest() != digest)
    #expect(try smallStatistics("a", count: 11).digest() != digest)
    #expect(try smallStatistics("a", seed: 2, count: 10).digest() != digest)
    #expect(try smallStatistics("a", count: 10, sampleSize: nil).digest() != digest)
  }

  @Test func `statistics found in files are read again when they are used, and only as they were`() throws {
    let directory = try TemporaryDirectory()
    let provenance = try StatisticsSetUp().source().provenance
    let cache = StatisticsCache(directory: directory.url)
    let original = try smallStatistics("a")
    let kept = try cache.store(original, provenance)
    #expect(try kept.digest() == original.digest())
    #expect(try relativeDifference(kept.sum(), original.sum()) == 0)
    // Another sum under the same name: what was found is gone.
    try cache.store(smallStatistics("a", seed: 2), provenance)
    #expect(throws: StatisticsError.self) { try kept.sum() }
    try FileManager.default.removeItem(at: cache.file(of: "a", provenance))
    #expect(throws: (any Error).self) { try kept.secondMoment() }
  }
}
