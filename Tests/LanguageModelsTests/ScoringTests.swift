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
