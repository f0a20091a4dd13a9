import Foundation
import LanguageModels
import Testing
import TestSupport

@testable import KnowledgeEditing

/// What can be chosen for a model without a file, and what must be said.
struct ChosenHyperparametersTests {
  private func model() throws -> any LanguageModel { try RecordedEdits(Package.llamaTiny).model }

  @Test(arguments: [EditingMethod.alphaEdit, .memit, .memitSequential, .rect, .prune])
  func `the family's settings are derived from a model`(method: EditingMethod) throws {
    let chosen = try ChosenHyperparameters(named: nil, method: method, for: model())
    let settings = try #require(chosen.settings.located)
    #expect(settings.lossLayer == 5)
    #expect(settings.secondMomentWeight == 15_000)
  }

  @Test(arguments: [
    (EditingMethod.nse, "alpha and upper_bound"), (.rome, "the layer it edits"),
    (.fineTuning, "lr and norm_constraint"),
  ])
  func `what cannot be derived is asked for`(method: EditingMethod, key: String) throws {
    let expected = HyperparameterError(file: method.rawValue, fault: .notDerivable(key: key))
    #expect(throws: expected) { try ChosenHyperparameters(named: nil, method: method, for: model()) }
  }

  @Test func `ROME refuses options of the family`() throws {
    let file = Package.llamaTiny.appendingPathComponent("hparams/ROME.json").path
    var overrides = HyperparameterOverrides()
    overrides.options = .anchorsNorms
    let error = #expect(throws: HyperparameterError.self) {
      try ChosenHyperparameters(named: file, method: .rome, for: model(), overrides: overrides)
    }
    #expect(error?.description.contains("anchored norms") == true)
    #expect(try ChosenHyperparameters(named: file, method: .rome, for: model()).settings.layers == [2])
  }

  @Test func `fine-tuning refuses what it does not have`() throws {
    let file = Package.llamaTiny.appendingPathComponent("hparams/FT.json").path
    var overrides = HyperparameterOverrides()
    overrides.learningRate = 0.01
    let chosen = try ChosenHyperparameters(
      named: file, method: .fineTuning, for: model(), overrides: overrides)
    guard case .fineTuning(let settings) = chosen.settings else { return #expect(Bool(false)) }
    #expect(settings.learningRate == 0.01)
    overrides.ridge = 1
    #expect(throws: HyperparameterError(file: "overrides", fault: .notOfMethod("FT"))) {
      try ChosenHyperparameters(named: file, method: .fineTuning, for: model(), overrides: overrides)
    }
  }
}
