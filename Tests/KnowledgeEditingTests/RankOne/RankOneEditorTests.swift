import LanguageModels
import StrictJSON
import Testing
import Torch

@testable import KnowledgeEditing

struct RankOneEditorTests {
  private func settings(_ model: any LanguageModel, layers: [Int] = [1]) -> Hyperparameters {
    var settings = Hyperparameters.llama3With8B
    settings.layers = layers
    settings.lossLayer = model.blockCount - 1
    settings.clampNormFactor = 4
    // Random networks give outputs far shorter than 1, which the decay would hold in place.
    settings.weightDecay = 0
    settings.learningRate = .absolute(0.1)
    settings.usesSecondMoment = false
    settings.targetSteps = 5
    return settings
  }

  @Test(arguments: RandomModels.names.filter { $0 != "gemma2" })
  func `the edited map gives the last fact's value for its key`(name: String) throws {
    let model = try RandomModels.load(name)
    let editor = try RankOneEditor(model: model, settings: settings(model), statistics: [:])
    let facts = try RandomModels.facts(3)
    let edited = try editor.edit(facts)
    #expect(edited.targets.count == 3)
    for target in edited.targets {
      #expect(target.deltaNorm > 0)
      #expect(try #require(target.losses.last) < target.losses[0])
    }
    let prompt = try #require(facts[2].keys.first)
    let tokens = try PackedTokens([Array(prompt.ids[...prompt.subjectIndex])])
    let pass = try ForwardPass(tokens, of: model)
    var key: Tensor?
    pass.onDownProjectionInput = { block, input in if block == 1 { key = input } }
    _ = try model.run(0..<2, model.embed(tokens.ids, positions: pass.positions), pass)
    let output = try model.downProjections[1](#require(key)).select(0, prompt.subjectIndex)
    #expect(try relativeDifference(output, edited.targets[2].value) < 1e-4)
  }

  @Test func `several layers are edited one after the other`() throws {
    let model = try RandomModels.load("llama")
    let editor = try RankOneEditor(model: model, settings: settings(model, layers: [0, 1]), statistics: [:])
    let edited = try editor.edit(RandomModels.facts(2))
    #expect(edited.deltas.map(\.block) == [0, 1, 0, 1])
    #expect(edited.targets.count == 2)
    #expect(Set(edited.keys.keys) == [0, 1])
  }

  @Test func `a norm behind the feed-forward network is refused`() throws {
    let model = try RandomModels.load("gemma2")
    #expect(throws: RankOneError.normBehindFeedForward(architecture: "gemma2")) {
      try RankOneEditor(model: model, settings: settings(model), statistics: [:])
    }
  }

  @Test func `what does not fit the model is refused`() throws {
    let model = try RandomModels.load("llama")
    let name = model.downProjections[1].name
    var settings = settings(model)
    settings.usesSecondMoment = true
    #expect(throws: EditingError.missingStatistics(layer: name)) {
      try RankOneEditor(model: model, settings: settings, statistics: [:])
    }
    let short = try KeyStatistics(layerName: name, sum: Tensor.identity(3), count: 9, sampleSize: nil)
    #expect(throws: EditingError.keyWidthMismatch(layer: name, expected: model.feedForwardWidth, found: 3)) {
      try RankOneEditor(model: model, settings: settings, statistics: [1: short])
    }
    settings.layers = [model.blockCount]
    #expect(throws: HyperparameterError.self) {
      try RankOneEditor(model: model, settings: settings, statistics: [:])
    }
  }

  @Test func `no facts, no change`() throws {
    let model = try RandomModels.load("gpt2")
    let editor = try RankOneEditor(model: model, settings: settings(model), statistics: [:])
    #expect(try editor.edit([]).deltas.isEmpty)
  }
}
