import LanguageModels
import Testing

@testable import KnowledgeEditing

struct DerivedHyperparametersTests {
  @Test func knownModelsGetTheirPublishedOnes() throws {
    #expect(try Hyperparameters.derived(forModelType: "gpt2", blockCount: 48, width: 1600) == .gpt2XL)
    #expect(try Hyperparameters.derived(forModelType: "gptj", blockCount: 28, width: 4096) == .gptJ6B)
    #expect(
      try Hyperparameters.derived(forModelType: "llama", blockCount: 32, width: 4096, feedForwardWidth: 14336)
        == .llama3With8B)
    let llama2 = try Hyperparameters.derived(
      forModelType: "llama", blockCount: 32, width: 4096, feedForwardWidth: 11008)
    #expect(llama2.layers == Hyperparameters.llama3With8B.layers)
    #expect(llama2.nullSpace == .share(0.9))
  }

  @Test(arguments: [
    ("gpt2", 12, [3, 4]), ("gpt2", 24, [6, 7, 8]), ("gpt2", 36, [10, 11, 12, 13]),
    ("gpt_neox", 28, [3, 4, 5, 6, 7, 8]),
    ("phi", 24, [3, 4, 5, 6, 7]), ("llama", 2, [0]), ("llama", 1, [0]), ("llama", 8, [1, 2]),
    ("qwen2", 24, [3, 4, 5, 6]),
    ("mistral", 32, [4, 5, 6, 7, 8]), ("llama", 80, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]),
  ])
  func layersAreAtThePublishedDepth(modelType: String, blockCount: Int, layers: [Int]) throws {
    let settings = try Hyperparameters.derived(forModelType: modelType, blockCount: blockCount, width: 64)
    #expect(settings.layers == layers)
    #expect(settings.lossLayer == blockCount - 1)
    try settings.check(blockCount: blockCount)
  }

  @Test func whatIsNotPublishedIsRelative() throws {
    let settings = try Hyperparameters.derived(forModelType: "qwen3", blockCount: 28, width: 1024)
    #expect(settings.learningRate == .relativeToNorm(0.4))
    #expect(settings.nullSpace == .share(0.9))
    #expect(settings.ridge == 1)
    #expect(settings.targetSteps == 25)
    #expect(settings.clampNormFactor == 0.75)
    #expect(settings.modelName == nil)
    #expect(settings.modules == ModuleNames(modelType: "llama"))
  }

  @Test func namesOfModulesMayBeGiven() throws {
    var modules = ModuleNames.llama
    modules.head = "embed"
    let settings = try Hyperparameters.derived(
      forModelType: "new", blockCount: 8, width: 64, modules: modules)
    #expect(settings.modules == modules)
    #expect(throws: HyperparameterError.self) {
      try Hyperparameters.derived(forModelType: "new", blockCount: 8, width: 64)
    }
  }

  @Test(arguments: [0, -1, Int.max, Int.min]) func refusesImpossibleDepths(blockCount: Int) {
    #expect(throws: HyperparameterError.self) {
      try Hyperparameters.derived(forModelType: "llama", blockCount: blockCount, width: 64)
    }
  }
}
