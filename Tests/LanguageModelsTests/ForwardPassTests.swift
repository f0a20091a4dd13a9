import Testing
import Torch

@testable import LanguageModels

@Suite("A forward pass can be cut in rows, tokens and blocks without changing its results")
struct ForwardPassTests {
  /// Rows of 30, 5, 23 and 7 tokens: some reach further than the windows of 16 tokens, some do not.
  private func sequences(_ recorded: RecordedModel) -> [[Int]] {
    let base = recorded.sequences
    return [
      Array(base[0].prefix(30)), Array(base[1].prefix(5)), Array(base[1].prefix(30)),
      Array(base[2].prefix(9)),
    ]
  }

  private func states(_ model: any LanguageModel, _ tokens: PackedTokens) throws -> Tensor {
    let pass = try ForwardPass(tokens, of: model)
    return try model.run(
      0..<model.blockCount, model.embed(tokens.ids, positions: pass.positions), pass)
  }

  @Test(arguments: RecordedModel.names)
  func rowsDoNotInteract(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let sequences = sequences(recorded)
    let tokens = try PackedTokens(sequences)
    let together = try recorded.model.logits(tokens)
    for (row, sequence) in sequences.enumerated() {
      let start = tokens.start(ofRow: row)
      let alone = try recorded.model.logits(PackedTokens([sequence]))
      #expect(try together.narrow(0, start..<start + sequence.count).distance(to: alone) < 1e-5)
    }
  }

  @Test(arguments: RecordedModel.names)
  func paddingOnTheRightChangesNothing(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let sequence = Array(recorded.sequences[0].prefix(20))
    let plain = try recorded.model.logits(PackedTokens([sequence]))
    let padded = try recorded.model.logits(PackedTokens([sequence + Array(repeating: 0, count: 17)]))
    #expect(try padded.narrow(0, 0..<20).distance(to: plain) < 1e-5)
  }

  @Test("Suffixes of rows on the cached rest equal the full pass", arguments: RecordedModel.names)
  func continuesCachedTokens(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let sequences = sequences(recorded)
    let cuts = [21, 2, 14, 0]
    let full = try PackedTokens(sequences)
    let expected = try states(model, full)

    let whole = try ForwardPass(full, of: model, recordsKeyValues: true)
    _ = try model.run(0..<model.blockCount, model.embed(full.ids, positions: whole.positions), whole)
    let past = try full.callerOrder(whole.recorded).truncated(to: cuts)

    let suffixes = try PackedTokens(zip(sequences, cuts).map { Array($0.dropFirst($1)) })
    let pass = try ForwardPass(
      groups: suffixes.groups(after: past), device: model.device, dtype: model.dtype)
    let hidden = try model.run(
      0..<model.blockCount, model.embed(suffixes.ids, positions: pass.positions), pass)
    for (row, sequence) in sequences.enumerated() {
      let count = sequence.count - cuts[row]
      let (from, to) = (full.start(ofRow: row) + cuts[row], suffixes.start(ofRow: row))
      let difference = try hidden.narrow(0, to..<to + count)
        .distance(to: expected.narrow(0, from..<from + count))
      #expect(difference < 1e-5)
    }
  }

  @Test(
    "What a pass over cached rows records, padding taken out, serves the next", arguments: RecordedModel.names
  )
  func recordsOnTopOfCachedTokens(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let sequences = sequences(recorded)
    let full = try PackedTokens(sequences)
    let expected = try states(model, full)

    // Three passes over thirds of rows of different lengths, so that the second and third meet padded caches.
    var past: PastKeyValues?
    var done = sequences.map { _ in 0 }
    for third in 1...3 {
      let ends = sequences.map { $0.count * third / 3 }
      let parts = try PackedTokens(
        sequences.indices.map { Array(sequences[$0][done[$0]..<ends[$0]]) })
      let pass = try ForwardPass(
        groups: past.map { try parts.groups(after: $0) } ?? parts.groups, dtype: model.dtype,
        recordsKeyValues: true)
      let hidden = try model.run(
        0..<model.blockCount, model.embed(parts.ids, positions: pass.positions), pass)
      for row in sequences.indices {
        let (from, to) = (full.start(ofRow: row) + done[row], parts.start(ofRow: row))
        let count = ends[row] - done[row]
        let difference = try hidden.narrow(0, to..<to + count)
          .distance(to: expected.narrow(0, from..<from + count))
        #expect(difference < 1e-5)
      }
      past = try parts.callerOrder(pass.recorded)
      done = ends
      #expect(past?.lengths == ends)
    }
  }

  @Test(arguments: RecordedModel.names)
  func restrictedBlockGivesTheSameForFewerTokens(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let tokens = try PackedTokens(sequences(recorded))
    let last = model.blockCount - 1
    let wanted = try Tensor([3, 40, 7])
    let expected = try states(model, tokens).indexSelect(0, wanted)

    let pass = try ForwardPass(tokens, of: model)
    pass.restrictOutput(ofBlock: last, to: wanted)
    let hidden = try model.run(
      0..<model.blockCount, model.embed(tokens.ids, positions: pass.positions), pass)
    #expect(try hidden.distance(to: expected) < 1e-5)
    #expect(throws: LanguageModelError.self) { try model.runBlock(last, hidden, pass) }
  }

  @Test(arguments: RecordedModel.names)
  func downProjectionInputsAreSeenAndTheRunEndsThere(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let tokens = try PackedTokens(sequences(recorded))
    var all: [Int: Tensor] = [:]
    let pass = try ForwardPass(tokens, of: model)
    pass.onDownProjectionInput = { all[$0] = $1 }
    _ = try model.run(0..<model.blockCount, model.embed(tokens.ids, positions: pass.positions), pass)
    #expect(all.keys.sorted() == Array(0..<model.blockCount))
    #expect(all[0]?.shape == [tokens.tokenCount, model.feedForwardWidth])

    var seen: [Int: Tensor] = [:]
    let wanted = try Tensor([1, 30])
    let short = try ForwardPass(tokens, of: model)
    short.onDownProjectionInput = { seen[$0] = $1 }
    short.stop(atDownProjectionOf: 1)
    short.restrictOutput(ofBlock: 1, to: wanted)
    _ = try model.run(0..<model.blockCount, model.embed(tokens.ids, positions: short.positions), short)
    #expect(seen.keys.sorted() == [0, 1])
    let expected = try #require(all[1]).indexSelect(0, wanted)
    #expect(try #require(seen[1]).distance(to: expected) < 1e-5)
  }
}
