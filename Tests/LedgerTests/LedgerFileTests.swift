import Foundation
import Ledger
import TestSupport
import Testing

/// Ledgers as files: what goes in comes out, steps can be taken back, damage is told.
@Suite struct LedgerFileTests {
  private let folder: TemporaryDirectory
  private var url: URL { folder[Ledger.fileName] }

  init() throws { folder = try TemporaryDirectory() }

  private static let base = LedgerBase(
    path: "/models/base", fingerprint: "f00d", computeType: "float32",
    tensors: [3, 7].map {
      LedgerBase.Tensor(
        name: "h.\($0).weight", module: "h.\($0)", block: $0, dtype: "BF16", shape: [2, 3],
        isTransposed: $0 == 7, sha256: "base\($0)")
    })

  private static func matrix(_ rows: Int, _ columns: Int, from first: Float) throws -> LedgerMatrix {
    let values = (0..<rows * columns).map { first + Float($0) }
    return try #require(
      LedgerMatrix(rows: rows, columns: columns, bytes: values.withUnsafeBytes { Data($0) }))
  }

  private static func fact(_ subject: String) -> LedgerFact {
    LedgerFact(
      name: "a \(subject)", source: nil, subject: subject, prompt: "{} is in", target: " Rome", former: nil,
      relation: "P1", before: LedgerMeasure(isSaid: false, target: -9.5, former: nil),
      after: LedgerMeasure(isSaid: true, target: -0.25, former: -7))
  }

  private static func delta(_ block: Int, _ first: Float) throws -> LedgerDelta {
    LedgerDelta(block: block, left: try matrix(2, 2, from: first), right: try matrix(3, 2, from: -first))
  }

  /// Two steps of two facts each, as a run writes them.
  private func write() throws {
    let ledger = try Ledger.create(at: url, base: Self.base)
    let run = try ledger.append(LedgerRun(time: "2026-01-02T03:04:05Z", author: "me", record: "{}"))
    for number in 1...2 {
      let step = try ledger.appendStep(
        .edit, run: run, weights: ["h.3.weight": "w\(number)", "h.7.weight": "base7"])
      try ledger.append(
        [Self.fact("Ä \(number)"), Self.fact("b \(number)")],
        targets: try [Self.matrix(1, 4, from: 1).bytes, Self.matrix(1, 4, from: 2).bytes],
        keys: [3: Self.matrix(2, 3, from: 10)], deltas: [Self.delta(3, Float(number)), Self.delta(7, 5)],
        step: step)
    }
    try ledger.finish()
  }

  @Test func whatGoesInComesOut() throws {
    try write()
    let ledger = try #require(try Ledger(besideCheckpoint: folder.url))
    #expect(try ledger.base() == Self.base)
    #expect(
      try ledger.runs() == [LedgerRun(id: 1, time: "2026-01-02T03:04:05Z", author: "me", record: "{}")])
    let steps = try ledger.steps()
    #expect(steps.map(\.id) == [1, 2])
    #expect(steps.map { $0.weights["h.3.weight"] } == ["w1", "w2"])
    let facts = try ledger.facts()
    #expect(facts.map(\.subject) == ["Ä 1", "b 1", "Ä 2", "b 2"])
    #expect(facts.map(\.position) == [0, 1, 0, 1])
    #expect(facts[3].before == Self.fact("").before && facts[3].after == Self.fact("").after)
    #expect(try ledger.targetValue(ofFact: 2) == Self.matrix(1, 4, from: 2))
    let batches = try ledger.batches()
    #expect(batches.map(\.positions) == [[0, 1], [0, 1]])
    #expect(try batches[1].deltas == [Self.delta(3, 2), Self.delta(7, 5)])
    #expect(try batches[0].keys == [3: Self.matrix(2, 3, from: 10)])
    #expect(try !ledger.keepsBase())
  }

  @Test func takenOutFactsGiveTheirBatchesNewChanges() throws {
    try write()
    let other = folder["other.sqlite"]
    let copy = try Ledger(contentsOf: url).copy(to: other)
    let run = try copy.append(LedgerRun(time: "", author: "", record: "{}"))
    let step = try copy.appendStep(.removal, run: run, weights: ["h.3.weight": "w3", "h.7.weight": "base7"])
    try copy.takeOut(facts: [1], changes: [(1, [Self.delta(3, 8)]), (2, [])], step: step)
    try copy.finish()

    let ledger = try Ledger(contentsOf: other)
    #expect(try ledger.batches().map(\.positions) == [[1], [0, 1]])
    #expect(try ledger.batches().map(\.deltas) == [[Self.delta(3, 8)], []])
    #expect(try ledger.revisions(after: 2).map(\.id) == [1, 2], "earlier states can still be made")
    #expect(try ledger.revisions(after: 0).isEmpty)
    let difference = try ledger.difference(from: 1, to: 3)
    #expect(difference.gained.map(\.id) == [3, 4] && difference.lost.map(\.id) == [1])
    #expect(difference.tensors == ["h.3.weight"])

    // Taking the step back gives what there was before it.
    let third = folder["third.sqlite"]
    let undone = try ledger.copy(to: third)
    try undone.removeLast(1)
    try undone.finish()
    let (before, after) = (try Ledger(contentsOf: url), try Ledger(contentsOf: third))
    #expect(try after.batches() == before.batches())
    #expect(try after.facts() == before.facts())
    #expect(try after.steps() == before.steps() && after.runs() == before.runs())
    #expect(try Data(contentsOf: third).count == Data(contentsOf: url).count)
  }

  @Test func noMoreThanThereIsCanBeTakenBack() throws {
    try write()
    let copy = try Ledger(contentsOf: url).copy(to: folder["other.sqlite"])
    #expect(throws: LedgerError.nothingToUndo(file: copy.url.path, steps: 2, asked: 3)) {
      try copy.removeLast(3)
    }
  }

  @Test func baseIsKeptInParts() throws {
    try write()
    let copy = try Ledger(contentsOf: url).copy(to: folder["other.sqlite"])
    let bytes = Data((0..<(65 << 20)).lazy.map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try copy.keepBase("h.3.weight", bytes: bytes)
    #expect(try copy.keepsBase())
    #expect(try copy.baseBytes(of: "h.3.weight") == bytes)
    #expect(try copy.baseBytes(of: "h.7.weight") == nil)
  }

  @Test func unknownNamesAreTold() throws {
    try write()
    let ledger = try Ledger(contentsOf: url)
    #expect(try ledger.step(named: "s0") == 0 && ledger.step(named: "s2") == 2)
    #expect(try ledger.fact(named: "4").subject == "b 2")
    for name in ["s3", "2", "s", "sx", "s-1"] {
      #expect(throws: LedgerError.unknown(file: url.path, id: name)) { try ledger.step(named: name) }
    }
    for name in ["0", "5", "s1", "", "x"] {
      #expect(throws: LedgerError.unknown(file: url.path, id: name)) { try ledger.fact(named: name) }
    }
  }

  /// Every prefix of the file, and bytes of other kinds, are refused or read; nothing else happens.
  @Test func damagedFilesAreRefused() throws {
    try write()
    let whole = try Data(contentsOf: url)
    let other = folder["other.sqlite"]
    for count in [0, 1, 50, 100, 4096, whole.count / 2] {
      try whole.prefix(count).write(to: other)
      #expect(throws: LedgerError.self, "\(count) bytes") {
        let ledger = try Ledger(contentsOf: other)
        _ = (try ledger.base(), try ledger.steps(), try ledger.facts(), try ledger.batches())
      }
    }
    try Data("not a database, but text of more than a header".utf8).write(to: other)
    #expect(throws: LedgerError.self) { try Ledger(contentsOf: other) }
    var random = Sequence32(state: 7)
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0..<8 { bytes[Int.random(in: 100..<bytes.count, using: &random)] = .random(in: 0...255) }
      try bytes.write(to: other)
      // The compiler sees that nothing but ledger errors is thrown.
      do throws(LedgerError) {
        let ledger = try Ledger(contentsOf: other)
        _ = (try ledger.base(), try ledger.steps(), try ledger.facts(), try ledger.batches())
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}

/// Numbers that are the same in every run (a linear congruence of Knuth's).
private struct Sequence32: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
