import Testing
import Torch

@testable import LanguageModels

@Suite("Scoring")
struct ScoringTests {
  @Test(arguments: RecordedModel.names)
  func everyTokenOfSequences(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let scores = try recorded.model.scores(of: recorded.sequences)
    for (row, ids) in recorded.sequences.enumerated() {
      let logits = try recorded.logits.select(0, row).narrow(0, 0..<ids.count)
      let next = try Tensor(Array(ids.dropFirst()), shape: [ids.count - 1, 1])
      let expected = try logits.logSoftmax().narrow(0, 0..<ids.count - 1).gather(1, next)
      let found = try Tensor(scores[row].logProbabilities, shape: [ids.count - 1, 1])
      #expect(try found.distance(to: expected) < 1e-4)
      #expect(scores[row].mostLikely == (try logits.argmax(1).array(Int.self)))
    }
  }

  @Test func chosenTokensWithinAnyBudget() throws {
    let recorded = try RecordedModel("gptj")
    let queries = [
      TokenQuery(row: 2, position: 4, id: 17), TokenQuery(row: 0, position: 39, id: 3),
      TokenQuery(row: 2, position: 4, id: 17), TokenQuery(row: 2, position: 4, id: 18),
      TokenQuery(row: 0, position: 0, id: 0),
    ]
    let scores = try recorded.model.scores(of: queries, in: recorded.sequences)
    #expect(scores[0] == scores[2] && scores[0].logProbability != scores[3].logProbability)
    for (query, score) in zip(queries, scores) {
      let logits = try recorded.logits.select(0, query.row).select(0, query.position)
      let expected = try logits.logSoftmax().select(0, query.id).item()
      #expect(abs(score.logProbability - expected) < 1e-4)
      #expect(score.mostLikely == Int(try logits.argmax(0).item()))
    }
    let tight = try recorded.model.scores(
      of: queries, in: recorded.sequences, budget: ScoringBudget(tokens: 1, logitBytes: 1))
    for (tight, score) in zip(tight, scores) {
      #expect(abs(tight.logProbability - score.logProbability) < 1e-5)
    }
    #expect(try recorded.model.scores(of: [], in: recorded.sequences).isEmpty)
  }

  @Test(arguments: RecordedModel.names)
  func commonBeginningsAreReadOnce(_ name: String) throws {
    let model = try RecordedModel(name).model
    let begin = (0..<20).map { 3 + 7 * $0 % 90 }
    let sequences = [
      begin + [5, 6, 7], begin + [8, 9], [4, 3, 2, 1], begin + [5], Array(begin.prefix(18)) + [11],
    ]
    let queries = sequences.enumerated().flatMap { row, ids in
      ids.indices.dropFirst(2).map { TokenQuery(row: row, position: $0, id: 1 + row) }
    }
    let together = try model.scores(of: queries, in: sequences)
    for (query, score) in zip(queries, together) {
      let alone = try model.scores(
        of: [TokenQuery(row: 0, position: query.position, id: query.id)], in: [sequences[query.row]])[0]
      #expect(abs(alone.logProbability - score.logProbability) < 1e-4)
      #expect(alone.mostLikely == score.mostLikely)
    }
    let last = [TokenQuery(row: 0, position: 22, id: 1), TokenQuery(row: 1, position: 21, id: 1)]
    let ends = try model.scores(of: last, in: sequences)
    #expect(abs(ends[0].logProbability - together[20].logProbability) < 1e-4)
  }

  @Test func oneToken() throws {
    let scores = try RecordedModel("phi").model.scores(of: [[5]])
    #expect(scores[0].logProbabilities.isEmpty && scores[0].mostLikely.count == 1)
  }

  @Test(arguments: [
    TokenQuery(row: 1, position: 0, id: 0), TokenQuery(row: 0, position: 2, id: 0),
    TokenQuery(row: 0, position: -1, id: 0), TokenQuery(row: 0, position: 0, id: 320),
  ])
  func refusesQueriesOutsideOfTheSequences(_ query: TokenQuery) throws {
    let model = try RecordedModel("gpt2").model
    #expect(throws: LanguageModelError.self) { try model.scores(of: [query], in: [[1, 2]]) }
  }

  @Test func refusesLogitsThatAreNotFinite() throws {
    let model = try RecordedModel("gpt2").model
    let down = model.downProjections[0]
    try down.replaceWeight(Tensor.full(down.weight.shape, .nan))
    #expect(throws: LanguageModelError.nonFiniteLogits) { try model.scores(of: [[1, 2]]) }
  }
}
