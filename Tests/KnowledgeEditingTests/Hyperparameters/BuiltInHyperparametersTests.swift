import Foundation
import StrictJSON
import LanguageModels
import Testing
import TestSupport

@testable import KnowledgeEditing

struct BuiltInHyperparametersTests {
  private static let folder = Package.root.appending(path: "hparams/AlphaEdit")

  @Test(arguments: Hyperparameters.builtInNames()) func equalTheFiles(name: String) throws {
    let url = Self.folder.appending(path: "\(name).json")
    let builtIn = try #require(Hyperparameters.builtIn(name: name))
    #expect(try Hyperparameters.read(url) == builtIn)
    #expect(try [UInt8](Data(contentsOf: url)) == builtIn.json.serialized(pretty: true))
  }

  @Test func everyFileIsBuiltIn() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files) == Set(Hyperparameters.builtInNames().map { $0 + ".json" }))
  }

  @Test(arguments: [EditingMethod.memit, .nse]) func equalTheFilesOfOtherMethods(method: EditingMethod) throws
  {
    let folder = Package.root.appending(path: "hparams/\(method.hyperparameterFolder)")
    let names = Hyperparameters.builtInNames(method: method)
    #expect(names.count == 3)
    for name in names {
      let builtIn = try #require(Hyperparameters.builtIn(method: method, name: name))
      #expect(try Hyperparameters.read(folder.appending(path: "\(name).json"), method: method) == builtIn)
    }
  }

  @Test func havePublishedNeuronSelection() throws {
    let gpt2 = try #require(Hyperparameters.builtIn(method: .nse, name: "gpt2-xl"))
    #expect(gpt2.secondMomentWeight == 10000)
    #expect(
      gpt2.neurons
        == NeuronSelection(sufficientResidual: 35, excessiveResidual: 150, maximumPasses: 3, share: 1))
    let llama = try #require(Hyperparameters.builtIn(method: .nse, name: "Llama3-8B"))
    #expect(llama.secondMomentWeight == 15000)
    #expect(llama.neurons?.sufficientResidual == 2.5)
  }

  @Test func havePublishedValues() throws {
    let gpt2 = Hyperparameters.gpt2XL
    #expect(gpt2.layers == [13, 14, 15, 16, 17])
    #expect(gpt2.targetSteps == 20)
    #expect(gpt2.learningRate == .absolute(0.5))
    #expect(gpt2.lossLayer == 47)
    #expect(gpt2.secondMomentWeight == 20000)
    #expect(gpt2.modules.downProjection == "transformer.h.{}.mlp.c_proj")
    let gptJ = Hyperparameters.gptJ6B
    #expect(gptJ.layers == [3, 4, 5, 6, 7, 8])
    #expect(gptJ.targetSteps == 25)
    #expect(gptJ.learningRate == .absolute(0.5))
    #expect(gptJ.lossLayer == 27)
    #expect(gptJ.secondMomentWeight == 15000)
    #expect(gptJ.modules.downProjection == "transformer.h.{}.mlp.fc_out")
    let llama = Hyperparameters.llama3With8B
    #expect(llama.layers == [4, 5, 6, 7, 8])
    #expect(llama.targetSteps == 25)
    #expect(llama.learningRate == .absolute(0.1))
    #expect(llama.lossLayer == 31)
    #expect(llama.secondMomentWeight == 15000)
    #expect(
      llama.modules
        == ModuleNames(
          downProjection: "model.layers.{}.mlp.down_proj", block: "model.layers.{}",
          feedForward: "model.layers.{}.mlp", attention: "model.layers.{}.self_attn", finalNorm: "model.norm",
          head: "lm_head"))
    for settings in [gpt2, gptJ, llama] {
      #expect(settings.clampNormFactor == 0.75)
      #expect(settings.weightDecay == 0.5)
      #expect(settings.klFactor == 0.0625)
      #expect(settings.subjectPosition == .subjectLast)
      #expect(settings.layerSelection == "all")
      #expect(settings.statisticsCorpus == "wikipedia")
      #expect(settings.statisticsSamples == 100_000)
      #expect(settings.statisticsPrecision == "float32")
      #expect(settings.nullSpace == .threshold(0.02))
      #expect(settings.ridge == 10)
    }
  }

  @Test func areFoundByNameAndByPath() throws {
    #expect(try Hyperparameters.named("Llama3-8B") == .llama3With8B)
    #expect(try Hyperparameters.named("EleutherAI_gpt-j-6B.json") == .gptJ6B)
    #expect(Hyperparameters.builtIn(name: "gpt2") == nil)
    #expect(Hyperparameters.builtIn(method: .rome, name: "gpt2-xl") == nil)
    var settings = Hyperparameters.gpt2XL
    settings.ridge = 3
    try FactTestFiles.withFile(settings.json.text(pretty: true)) { url in
      let read = try Hyperparameters.named(url.path)
      #expect(read == settings)
    }
    let error = #expect(throws: HyperparameterError.self) { try Hyperparameters.named("gpt2-xxl") }
    #expect(
      error?.description
        == "gpt2-xxl: is neither a file nor the name of built-in hyper-parameters "
        + "(gpt2-xl, EleutherAI_gpt-j-6B, Llama3-8B)")
  }
}
