import Checkpoints
import Testing
import Tokenization
import Torch

@testable import LanguageModels

@Suite("Generation")
struct GenerationTests {
  private func prompts(_ recorded: RecordedModel) -> [[Int]] {
    [
      Array(recorded.sequences[0].prefix(7)), Array(recorded.sequences[0].dropFirst(3).prefix(3)),
      Array(recorded.sequences[1].prefix(7)), Array(recorded.sequences[2].prefix(1)),
    ]
  }

  @Test(
    "Greedy texts with a cache, in a batch, equal those without, one by one", arguments: RecordedModel.names)
  func greedy(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let texts = try model.generate(prompts(recorded), GenerationOptions(limit: .newTokens(20)))
    for (prompt, text) in zip(prompts(recorded), texts) {
      var ids = prompt
      for _ in 0..<20 {
        let logits = try model.logits(PackedTokens([ids]))
        ids.append(Int(try logits.select(0, ids.count - 1).argmax(0).item()))
      }
      #expect(text.ids == Array(ids.dropFirst(prompt.count)))
      #expect(!text.endsWithStopToken)
    }
  }

  @Test func stopTokensEndRowsWithoutDisturbingOthers() throws {
    let recorded = try RecordedModel("llama")
    let prompts = prompts(recorded)
    let free = try recorded.model.generate(prompts, GenerationOptions(limit: .newTokens(12)))
    let stop = free[1].ids[4]
    let stopped = try recorded.model.generate(
      prompts, GenerationOptions(limit: .newTokens(12), stopTokens: [stop]))
    for (free, stopped) in zip(free, stopped) {
      let expected = free.ids.prefix { $0 != stop }
      #expect(stopped.ids == Array(expected))
      #expect(stopped.endsWithStopToken == (expected.count < 12))
    }
  }

  @Test func limits() throws {
    let recorded = try RecordedModel("gpt2")
    let prompts = prompts(recorded)
    let total = try recorded.model.generate(prompts, GenerationOptions(limit: .totalTokens(7)))
    #expect(total.map(\.ids.count) == [0, 4, 0, 6])
    let toTheEnd = try recorded.model.generate(prompts, GenerationOptions(limit: .newTokens(.max)))
    #expect(toTheEnd.map(\.ids.count) == [121, 125, 121, 127])
    #expect(
      try recorded.model.generate(prompts, GenerationOptions(limit: .newTokens(-3))).allSatisfy {
        $0.ids.isEmpty
      })
    #expect(try recorded.model.generate([], GenerationOptions(limit: .newTokens(3))).isEmpty)
  }

  @Test func tokensAreGivenAsTheyAreChosen() throws {
    let recorded = try RecordedModel("qwen3")
    var seen: [Int: [Int]] = [:]
    let texts = try recorded.model.generate(prompts(recorded), GenerationOptions(limit: .newTokens(5))) {
      seen[$0, default: []].append($1)
    }
    #expect(texts.indices.allSatisfy { seen[$0] == texts[$0].ids })
  }

  @Test func drawsDependOnTheSeedAndNotOnTheBatch() throws {
    let recorded = try RecordedModel("llama")
    let prompts = prompts(recorded)
    func texts(_ prompts: [[Int]], seed: UInt64) throws -> [[Int]] {
      let options = GenerationOptions(
        limit: .newTokens(15), sampling: Sampling(temperature: 2, topK: 50, topP: 0.95, seed: seed))
      return try recorded.model.generate(prompts, options).map(\.ids)
    }
    let all = try texts(prompts, seed: 1)
    #expect(try texts(prompts, seed: 1) == all)
    #expect(try texts(prompts, seed: 2) != all)
    #expect(try texts(Array(prompts.prefix(2)), seed: 1) == Array(all.prefix(2)))
  }

  @Test func refusesPromptsItCannotContinue() throws {
    let model = try RecordedModel("gpt2").model
    let options = GenerationOptions(limit: .newTokens(1))
    for prompt in [[], [320], [-1], Array(repeating: 1, count: 129)] {
      #expect(throws: LanguageModelError.self) { try model.generate([[1], prompt], options) }
    }
  }
}

@Suite("Sampling")
struct SamplingTests {
  /// Probabilities 0.1, 0.4, 0.2, 0.3.
  private let logits: Tensor

  init() throws { logits = try Tensor([0.1, 0.4, 0.2, 0.3], shape: [1, 4]).log() }

  private func counts(_ sampling: Sampling, draws: Int = 2000) throws -> [Int] {
    var counts = [0, 0, 0, 0]
    let sampler = try Sampler(sampling, rows: 1)
    for _ in 0..<draws { counts[try sampler.next(logits, rows: [0])[0]] += 1 }
    return counts
  }

  @Test func drawsByProbability() throws {
    for (count, expected) in zip(try counts(Sampling(seed: 7)), [200.0, 800, 400, 600]) {
      #expect(abs(Double(count) - expected) < 5 * expected.squareRoot())
    }
  }

  @Test func keepsTheMostLikely() throws {
    let two = try counts(Sampling(topK: 2, seed: 7))
    #expect(two[0] == 0 && two[2] == 0 && abs(Double(two[1]) - 2000 * 4 / 7) < 120)
    let seventy = try counts(Sampling(topP: 0.69, seed: 7))
    #expect(seventy[0] == 0 && seventy[2] == 0 && seventy[3] > 0)
    #expect(try counts(Sampling(topP: 1e-9), draws: 20) == [0, 20, 0, 0])
    #expect(try counts(Sampling(topK: 1), draws: 20) == [0, 20, 0, 0])
    #expect(try counts(Sampling(topK: .max), draws: 500).allSatisfy { $0 > 0 })
  }

  @Test func extremeTemperatures() throws {
    #expect(try counts(.greedy, draws: 20) == [0, 20, 0, 0])
    #expect(try counts(Sampling(temperature: .leastNonzeroMagnitude), draws: 20) == [0, 20, 0, 0])
    #expect(try counts(Sampling(temperature: 1e308), draws: 500).allSatisfy { $0 > 80 })
  }

  @Test(arguments: [
    Sampling(temperature: -1), Sampling(temperature: .nan), Sampling(temperature: .infinity),
    Sampling(topK: 0),
    Sampling(topK: -5), Sampling(topP: 0), Sampling(topP: 1.5), Sampling(topP: .nan),
  ])
  func refusesSettingsOutOfRange(_ sampling: Sampling) throws {
    #expect(throws: LanguageModelError.self) { try Sampler(sampling, rows: 1) }
  }

  @Test func refusesLogitsThatAreNotFinite() throws {
    let broken = try Tensor([1, Float.nan], shape: [1, 2])
    for sampling in [Sampling.greedy, Sampling()] {
      #expect(throws: LanguageModelError.nonFiniteLogits) {
        try Sampler(sampling, rows: 1).next(broken, rows: [0])
      }
    }
  }
}
