import Testing
import Torch

@testable import LanguageModels

@Suite("Batches and caches")
struct BatchTests {
  @Test func rowsOfEqualLengthComeTogether() throws {
    let tokens = try PackedTokens([[1, 2, 3], [4], [5, 6, 7], [8, 9]])
    #expect(try tokens.ids.array(Int.self) == [4, 8, 9, 1, 2, 3, 5, 6, 7])
    #expect(tokens.order == [1, 3, 0, 2])
    #expect(tokens.groups.map(\.rows) == [1, 1, 2] && tokens.groups.map(\.length) == [1, 2, 3])
    #expect((0..<4).map(tokens.start) == [3, 0, 6, 1])
    #expect(tokens.rowCount == 4 && tokens.tokenCount == 9)
  }

  @Test func refusesEmptyBatchesAndRows() throws {
    #expect(throws: LanguageModelError.self) { try PackedTokens([]) }
    #expect(throws: LanguageModelError.sequence(row: 1, reason: "it has no tokens.")) {
      try PackedTokens([[1], []])
    }
  }

  @Test func refusesPassesThatDoNotFitTheirParts() throws {
    #expect(throws: LanguageModelError.self) { try ForwardPass(groups: [RowGroup(rows: 0, length: 3)]) }
    let cached = RowGroup(rows: 2, length: 1, past: PastKeyValues(lengths: [1]))
    #expect(throws: LanguageModelError.self) { try ForwardPass(groups: [cached]) }

    let model = try RecordedModel("llama").model
    let tokens = try PackedTokens([[1, 2, 3]])
    let pass = try ForwardPass(tokens, of: model)
    let hidden = try model.embed(tokens.ids, positions: pass.positions)
    #expect(throws: LanguageModelError.self) { try model.runBlock(3, hidden, pass) }
    #expect(throws: LanguageModelError.self) { try model.run(-1..<2, hidden, pass) }
    let uncached = try ForwardPass(
      groups: tokens.groups(after: PastKeyValues(lengths: [4])), dtype: model.dtype)
    #expect(throws: LanguageModelError.self) { try model.runBlock(0, hidden, uncached) }
  }

  @Test func cachedRowsAreSelectedCutAndJoined() throws {
    func past(_ lengths: [Int], from first: Double) throws -> PastKeyValues {
      let width = lengths.max() ?? 0
      let values = try Tensor.range(0..<lengths.count * width).to(.float32).view(lengths.count, 1, width, 1)
      return PastKeyValues(keys: [2: try values + first], values: [2: try values - first], lengths: lengths)
    }
    let joined = try PastKeyValues.joined([past([2, 1], from: 0), past([3], from: 100)])
    #expect(joined.lengths == [2, 1, 3] && joined.width == 3 && !joined.isUnpadded)
    #expect(try #require(joined.keys[2]).array(Float.self) == [0, 1, 0, 2, 3, 0, 100, 101, 102])
    #expect(try #require(joined.values[2]).array(Float.self) == [0, 1, 0, 2, 3, 0, -100, -99, -98])

    let selected = try joined.selectingRows([1, 0, 1])
    #expect(selected.lengths == [1, 2, 1])
    #expect(try #require(selected.keys[2]).array(Float.self) == [2, 3, 0, 1, 2, 3])
    let cut = try joined.truncated(to: [1, 1, 1])
    #expect(cut.isUnpadded)
    #expect(try #require(cut.keys[2]).array(Float.self) == [0, 2, 100])

    #expect(throws: LanguageModelError.self) { try joined.selectingRows([3]) }
    #expect(throws: LanguageModelError.self) { try joined.truncated(to: [2, 2, 3]) }
    #expect(throws: LanguageModelError.self) { try joined.truncated(to: [1]) }
    #expect(throws: LanguageModelError.self) {
      try PastKeyValues.joined([past([2], from: 0), PastKeyValues(lengths: [2])])
    }
  }
}
