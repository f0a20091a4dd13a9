import LanguageModels
import StrictJSON
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

struct FineTuningEditorTests {
  private func settings(
    _ model: any LanguageModel, layers: [Int] = [1], bound: Double? = nil, suffix: String = ""
  ) throws -> FineTuningSettings {
    FineTuningSettings(
      layers: layers, epochs: 8, learningRate: 0.01, weightDecay: 0, weightDecayPowerLaw: nil,
      normConstraint: bound, batchSize: 2, trainedModule: model.moduleNames.downProjection + suffix,
      others: JSONObject())
  }

  /// −log p of the facts' targets, all tokens taken as the next after the prompt.
  private func loss(_ facts: [EditPrompts], _ model: any LanguageModel) throws -> Double {
    try NextTokenLoss(facts, targets: facts.map(\.targetIDs), firstBlock: 0, model: model)().item()
  }

  @Test(arguments: RandomModels.names) func `training lowers the loss`(name: String) throws {
    let model = try RandomModels.load(name)
    let facts = try RandomModels.facts(3)
    let before = try loss(facts, model)
    let editor = try FineTuningEditor(model: model, settings: settings(model))
    _ = try editor.edit(facts)
    #expect(try loss(facts, model) < before - 0.05)
    #expect(model.downProjections.allSatisfy { !$0.weight.requiresGradient })
  }

  @Test func `the loss is the mean over facts of the mean over tokens`() throws {
    let model = try RandomModels.load("gpt2")
    let facts = try RandomModels.facts(3)
    var expected = 0.0
    for fact in facts {
      let prompt = try #require(fact.keys.first?.ids)
      let logP = try model.logits(PackedTokens([prompt])).logSoftmax().select(0, prompt.count - 1)
      let values: [Double] = try logP.array()
      expected -= fact.targetIDs.map { values[$0] }.reduce(0, +) / Double(fact.targetIDs.count) / 3
    }
    #expect(abs(try loss(facts, model) - expected) < 1e-5)
  }

  @Test func `no element leaves its bound`() throws {
    let model = try RandomModels.load("gpt2")
    let (free, bound) = (try settings(model), 0.003)
    let facts = try RandomModels.facts(3)
    let unbounded = try FineTuningEditor(model: model, settings: free).edit(facts)
    func largest(_ batch: EditedBatch) throws -> Double {
      try batch.state.remembered.values.map { try $0.abs().max().item() }.max() ?? 0
    }
    #expect(try largest(unbounded) > 0.01)
    let fresh = try RandomModels.load("gpt2")
    let editor = try FineTuningEditor(model: fresh, settings: settings(fresh, bound: bound))
    // Each batch counts from where it found the weights.
    for _ in 0..<2 { #expect(abs(try largest(editor.edit(facts)) - bound) < 1e-6) }
  }

  @Test func `a module trains its weight and bias, a tensor itself`() throws {
    let model = try RandomModels.load("gpt2")
    let linear = model.downProjections[1]
    let facts = try RandomModels.facts(2)
    let both = try FineTuningEditor(model: model, settings: settings(model))
    #expect(both.changedTensors.map(\.part) == [.weight, .bias])
    let bias = try #require(linear.bias)
    _ = try both.edit(facts)
    #expect(try !#require(linear.bias).equal(bias).all())
    let changed = try #require(both.changedTensors.last).value
    #expect(try #require(linear.bias).equal(changed).all())
    let weight = try FineTuningEditor(model: model, settings: settings(model, suffix: ".weight"))
    #expect(weight.changedTensors.map(\.part) == [.weight])
    let only = try FineTuningEditor(model: model, settings: settings(model, suffix: ".bias"))
    #expect(only.weight(ofLayer: 1) == nil)
    #expect(only.changedTensors.map(\.part) == [.bias])
  }

  @Test func `several layers are trained together`() throws {
    let model = try RandomModels.load("llama")
    let editor = try FineTuningEditor(model: model, settings: settings(model, layers: [0, 1]))
    let edited = try editor.edit(RandomModels.facts(2))
    #expect(edited.state.remembered.count == 2)
    for change in edited.state.remembered.values { #expect(try change.abs().max().item() > 0.01) }
  }

  @Test func `a loss that is low enough ends training`() throws {
    let recorded = try RecordedEdits(Package.llamaTiny)
    let model = recorded.model
    var settings = try settings(model, layers: [3])
    settings.epochs = 400
    var epochs = 0
    let fact = recorded.prompts.prefix(1).map { fact in
      var fact = fact
      fact.targetIDs = Array(fact.targetIDs.prefix(1))
      return fact
    }
    let editor = try FineTuningEditor(model: model, settings: settings) { epochs = $0.done }
    _ = try editor.edit(fact)
    #expect(try loss(fact, model) < 0.01)
    #expect(epochs < 400)
    for change in try editor.edit(fact).state.remembered.values {
      #expect(try change.abs().max().item() == 0)
    }
  }

  @Test func `padding is scored as published`() throws {
    var facts = try RandomModels.facts(2)
    facts[1].targetIDs = [9]
    let noUnknown = FineTuningTargets.padded(before: [1], filler: 0, ignored: nil)
    #expect(noUnknown.ids(facts) == [[1, 11, 7], [1, 9, 0]])
    let unknown = FineTuningTargets.padded(before: [], filler: 0, ignored: 0)
    #expect(unknown.ids(facts) == [[11, 7], [9]])
  }

  @Test func `other modules are refused`() throws {
    let model = try RandomModels.load("gpt2")
    var settings = try settings(model)
    settings.trainedModule = "transformer.h.{}.attn.c_attn"
    let name = "transformer.h.1.mlp.c_proj"
    #expect(
      throws: FineTuningError.notTrainable(
        module: "transformer.h.1.attn.c_attn", trainable: [name, name + ".weight", name + ".bias"])
    ) { try FineTuningEditor(model: model, settings: settings) }
    settings.layers = [model.blockCount]
    #expect(throws: HyperparameterError.self) { try FineTuningEditor(model: model, settings: settings) }
  }

  @Test func `another method's state is refused and changes nothing`() throws {
    let model = try RandomModels.load("llama")
    let editor = try FineTuningEditor(model: model, settings: settings(model))
    var state = BatchState()
    state.remembered["history.1"] = try Tensor.zeros([1])
    #expect(throws: FineTuningError.missingChange(tensor: model.downProjections[1].tensorName)) {
      try editor.restore(state)
    }
    try editor.restore(editor.edit([]).state)
  }

  @Test func `weights are as before where a loss is not a number`() throws {
    let model = try RandomModels.load("llama")
    let linear = model.downProjections[1]
    let original = linear.weight
    var settings = try settings(model)
    settings.learningRate = 1e38
    let editor = try FineTuningEditor(model: model, settings: settings)
    #expect(throws: EditingError.self) { try editor.edit(RandomModels.facts(2)) }
    #expect(try linear.weight.equal(original).all())
    #expect(!linear.weight.requiresGradient)
  }
}
