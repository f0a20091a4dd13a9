import Dispatch
import Foundation
import Testing
import TestSupport

@testable import KnowledgeEditing

struct StatisticsCacheTests {
  private let folder: TemporaryDirectory
  private let cache: StatisticsCache
  private let provenance = smallProvenance()

  init() throws {
    folder = try TemporaryDirectory()
    cache = StatisticsCache(directory: folder.url)
  }

  private func found(_ layer: String = "h.1.fc", _ provenance: StatisticsProvenance? = nil) -> KeyStatistics?
  {
    if case .found(let statistics) = cache.statistics(of: layer, provenance ?? self.provenance, keyWidth: 4) {
      return statistics
    }
    return nil
  }

  @Test func `entries are found by everything they depend on`() throws {
    let statistics = try smallStatistics("h.1.fc")
    #expect(found() == nil)
    try cache.store(statistics, provenance)
    #expect(try found()?.digest() == statistics.digest())
    #expect(found("h.2.fc") == nil)
    let changes: [(inout StatisticsProvenance) -> Void] = [
      { $0.modelFingerprint = "cd" }, { $0.tokenizerHash = "cd" }, { $0.corpusHash = "cd" },
      { $0.sampleSize = nil },
      { $0.maximumTokens = 2_048 }, { $0.dtype = .bfloat16 },
    ]
    for change in changes {
      var other = provenance
      change(&other)
      #expect(found("h.1.fc", other) == nil)
      #expect(other.difference(from: provenance) != nil)
    }
    #expect(provenance.difference(from: provenance) == nil)
  }

  @Test func `an entry in another's place is refused`() throws {
    var other = provenance
    other.modelFingerprint = "cd"
    try cache.store(smallStatistics("h.1.fc"), provenance)
    try FileManager.default.copyItem(
      at: cache.file(of: "h.1.fc", provenance), to: cache.file(of: "h.1.fc", other))
    guard case .refused = cache.statistics(of: "h.1.fc", other, keyWidth: 4) else {
      Issue.record("an entry of another model was accepted")
      return
    }
  }

  @Test func `writers and readers may work at once`() throws {
    let statistics = try smallStatistics("h.1.fc")
    try cache.store(statistics, provenance)
    let (cache, provenance) = (cache, provenance)
    DispatchQueue.concurrentPerform(iterations: 24) { index in
      if index % 2 == 0 {
        #expect(throws: Never.self) { try cache.store(statistics, provenance) }
      } else if case .refused(_, let reason) = cache.statistics(of: "h.1.fc", provenance, keyWidth: 4) {
        Issue.record("\(reason)")
      }
    }
    #expect(try found()?.digest() == statistics.digest())
    let files = try FileManager.default.contentsOfDirectory(atPath: cache.directory.path)
    #expect(files == [cache.file(of: "h.1.fc", provenance).lastPathComponent])
  }

  @Test func `what is missing or damaged is collected and kept`() throws {
    let source = try StatisticsSetUp().source(sampleSize: 20)
    var phases: [String] = []
    let first = try source.statistics(of: [2, 1], cache: cache) { phases.append($0.phase) }
    #expect(first.cachedCount == 0)
    #expect(first.warnings == [])
    #expect(phases.contains("Key statistics"))
    phases = []
    let second = try source.statistics(of: [1, 2], cache: cache) { phases.append($0.phase) }
    #expect(second.cachedCount == 2)
    #expect(phases == [])
    #expect(try second.statistics.map { try $0.digest() } == first.statistics.map { try $0.digest() })

    let damaged = cache.file(of: first.statistics[0].layerName, source.provenance)
    try Data("PK damaged".utf8).write(to: damaged)
    let third = try source.statistics(of: [1, 2], cache: cache)
    #expect(third.cachedCount == 1)
    #expect(third.warnings.count == 1)
    #expect(third.warnings.first?.hasPrefix(damaged.path) == true)
    #expect(try third.statistics.map { try $0.digest() } == first.statistics.map { try $0.digest() })
    #expect(try source.statistics(of: [1, 2], cache: cache).cachedCount == 2)
  }

  @Test func `a cache that cannot be written to only warns`() throws {
    let file = try folder.write("file", "")
    let source = try StatisticsSetUp().source(sampleSize: 5)
    let result = try source.statistics(of: [0], cache: StatisticsCache(directory: file))
    #expect(result.statistics.count == 1)
    #expect(result.warnings.count == 1)
  }

  @Test func `the directory follows the environment`() {
    #expect(
      CacheDirectory.standard(environment: ["ALPHAEDIT_CACHE": "/a", "XDG_CACHE_HOME": "/b"]).path == "/a")
    #expect(
      CacheDirectory.standard(environment: ["ALPHAEDIT_CACHE": "", "XDG_CACHE_HOME": "/b"]).path
        == "/b/alphaedit")
    #expect(CacheDirectory.standard(environment: ["XDG_CACHE_HOME": "b"]).path.hasSuffix("/.cache/alphaedit"))
    #expect(CacheDirectory.standard(environment: [:]).path.hasSuffix("/.cache/alphaedit"))
  }
}
