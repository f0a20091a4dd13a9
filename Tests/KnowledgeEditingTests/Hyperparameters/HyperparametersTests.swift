import Foundation
import StrictJSON
import Testing

@testable import KnowledgeEditing

struct HyperparametersTests {
  private static let published = Hyperparameters.llama3With8B.json.object ?? JSONObject()

  private func read(
    _ changes: [String: JSON] = [:], without keys: [String] = [], method: EditingMethod = .alphaEdit
  ) throws
    -> Hyperparameters
  {
    var object = Self.published
    for (key, value) in changes { object[key] = value }
    for key in keys { object[key] = nil as JSON? }
    return try Hyperparameters(object, method: method, file: "h.json")
  }

  @Test func readsTheRecordedRunsFile() throws {
    let url = FactTestFiles.fixtures.appending(path: "llama-tiny/hparams/AlphaEdit.json")
    let settings = try Hyperparameters.read(url)
    #expect(settings.layers == [1, 2, 3])
    #expect(settings.targetLayer == 3)
    #expect(settings.targetSteps == 20)
    #expect(settings.learningRate == .absolute(0.5))
    #expect(settings.lossLayer == 5)
    #expect(settings.clampNormFactor == 4)
    #expect(settings.nullSpace == .threshold(0.0505))
    #expect(settings.ridge == 1)
    #expect(settings.statisticsSamples == 300)
    #expect(settings.others.count == 0)
    try settings.check(blockCount: 6)
    let written = try #require(settings.json.object)
    let original = try #require(try JSON.parse(Data(contentsOf: url)).object)
    #expect(Set(written.keys) == Set(original.keys))
    for (key, value) in original.members where value.double == nil {
      #expect(written[key] == value)
    }
    #expect(try Hyperparameters(written) == settings)
  }

  @Test func keepsTheKeysOfOtherMethods() throws {
    let settings = try read(["lr": 35, "v_learning_rate": 1])
    #expect(Set(settings.others.keys) == ["lr", "v_learning_rate"])
    #expect(settings.unrecognizedKeys == ["v_learning_rate"])
    #expect(settings.json["lr"] == 35)
  }

  @Test func readsNeuronSelection() throws {
    let keys: [String: JSON] = [
      "alpha": 35, "upper_bound": 150, "max_iterations": 3, "neuron_threshold": JSON(0.8),
    ]
    let settings = try read(keys, method: .nse)
    let expected = NeuronSelection(
      sufficientResidual: 35, excessiveResidual: 150, maximumPasses: 3, share: 0.8)
    #expect(settings.neurons == expected)
    #expect(settings.json["neuron_threshold"] == JSON(0.8))
    #expect(try read().neurons == nil)
    #expect(throws: HyperparameterError(file: "h.json", key: "alpha", fault: .missing)) {
      try read(method: .nse)
    }
  }

  @Test func readsOptions() throws {
    let settings = try read(["blue": true, "mpes": true, "nas": false])
    #expect(settings.options == [.boundaryLayers, .stopsWhenSaid])
    #expect(settings.json["blue"] == true)
    #expect(settings.json["nas"] == nil)
  }

  @Test func otherMethodsNeedOtherKeys() throws {
    let memit = try read(without: ["nullspace_threshold", "L2"], method: .memit)
    #expect(memit.secondMomentWeight == 15000)
    #expect(throws: HyperparameterError(file: "h.json", key: "L2", fault: .missing)) {
      try read(without: ["L2"])
    }
    #expect(throws: HyperparameterError(file: "h.json", key: "mom2_update_weight", fault: .missing)) {
      try read(without: ["mom2_update_weight"], method: .memit)
    }
    let rome = try read(without: ["mom2_update_weight", "model_name"], method: .rome)
    #expect(rome.secondMomentWeight == nil)
    #expect(rome.modelName == nil)
  }

  @Test func readsThisProjectsOwnKeys() throws {
    let own: [String: JSON] = ["nullspace_share": JSON(0.99), "v_lr_share": JSON(0.4)]
    let settings = try read(own, without: ["nullspace_threshold", "v_lr"])
    #expect(settings.nullSpace == .share(0.99))
    #expect(settings.learningRate == .relativeToNorm(0.4))
    #expect(try Hyperparameters(settings.json.object ?? JSONObject()) == settings)
    #expect(throws: HyperparameterError(file: "h.json", key: "v_lr", fault: .excludes("v_lr_share"))) {
      try read(["v_lr_share": JSON(0.4)])
    }
    #expect(
      throws: HyperparameterError(
        file: "h.json", key: "nullspace_threshold", fault: .excludes("nullspace_share"))
    ) { try read(["nullspace_share": JSON(0.4)]) }
  }

  @Test(
    arguments: [
      ("layers", []), ("layers", [5, 4]), ("layers", [4, 4]), ("layers", [-1, 4]), ("v_num_grad_steps", 0),
      ("v_num_grad_steps", -3), ("v_lr", 0), ("v_lr", -1), ("v_loss_layer", -1), ("v_weight_decay", -1),
      ("clamp_norm_factor", 0), ("kl_factor", -1), ("mom2_update_weight", 0), ("mom2_n_samples", 0),
      ("nullspace_threshold", 0), ("L2", 0), ("L2", -10), ("fact_token", "subject_middle"),
      ("rewrite_module_tmp", "mlp"), ("layer_module_tmp", "h.{}.{}"),
    ] as [(String, JSON)])
  func refusesValues(key: String, value: JSON) {
    let error = #expect(throws: HyperparameterError.self) { try read([key: value]) }
    #expect(error?.key == key)
    #expect(error?.description.hasPrefix("h.json: \(key) is ") == true)
    guard case .notAllowed = error?.fault else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    arguments: [
      ("layers", "4", "a string"), ("layers", [1, "2"], "an array that holds something else"),
      ("layers", 4, "a number"),
      ("v_num_grad_steps", "25", "a string"), ("mom2_adjustment", 1, "a number"), ("v_lr", true, "a boolean"),
      ("rewrite_module_tmp", nil, "null"), ("fact_token", [], "an array"),
    ] as [(String, JSON, String)])
  func refusesTypes(key: String, value: JSON, found: String) {
    let error = #expect(throws: HyperparameterError.self) { try read([key: value]) }
    #expect(error?.key == key)
    guard case .wrongType(_, found) = error?.fault else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    arguments: published.keys.filter {
      !["model_name", "layer_selection", "mom2_update_weight"].contains($0)
    })
  func needsItsKeys(key: String) {
    #expect(throws: HyperparameterError(file: "h.json", key: key, fault: .missing)) {
      try read(without: [key])
    }
  }

  @Test func refusesNumbersBeyondDouble() throws {
    let text = Hyperparameters.gpt2XL.json.text().replacing("\"v_lr\":0.5", with: "\"v_lr\":1e999")
    #expect(text.contains("1e999"))
    try FactTestFiles.withFile(text) { url in
      let error = #expect(throws: HyperparameterError.self) { try Hyperparameters.read(url) }
      #expect(error?.fault == .notAllowed(value: "inf", allowed: "a finite number above 0"))
    }
    try FactTestFiles.withFile(text.replacing("1e999", with: "NaN")) { url in
      let error = #expect(throws: HyperparameterError.self) { try Hyperparameters.read(url) }
      guard case .notJSON = error?.fault else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    try FactTestFiles.withFile("[]") { url in
      let error = #expect(throws: HyperparameterError.self) { try Hyperparameters.read(url) }
      #expect(error?.fault == .notAnObject(found: "an array"))
    }
  }

  @Test func checksAgainstTheModel() throws {
    try Hyperparameters.gptJ6B.check(blockCount: 28)
    #expect(
      throws: HyperparameterError(
        file: "hyper-parameters", key: "v_loss_layer",
        fault: .notAllowed(value: "27", allowed: "below 20, the number of the model's blocks"))
    ) { try Hyperparameters.gptJ6B.check(blockCount: 20) }
    let error = #expect(throws: HyperparameterError.self) {
      try Hyperparameters.gptJ6B.check(blockCount: 8, file: "j.json")
    }
    #expect(
      error?.description
        == "j.json: layers is [3, 4, 5, 6, 7, 8], but must be below 8, the number of the model's blocks")
  }

  @Test func learningRatesFollowTheNorm() {
    #expect(LearningRate.absolute(0.5).value(forNorm: 150, width: 320) == 0.5)
    let relative = LearningRate.relativeToNorm(0.4).value(forNorm: 150, width: 400)
    #expect(abs(relative - 3) < 1e-12)
  }
}
