import Checkpoints
import Foundation
import LanguageModels
import Tokenization
import Testing
import Torch

@testable import KnowledgeEditing

/// A model that the published implementation edited by one of its methods, and what it recorded of that.
struct RecordedEdits {
  static let batchSize = 8

  let folder: URL
  /// That of the method; AlphaEdit's for methods of another family, as are ``settings``.
  let recipe: EditingRecipe
  let model: any LanguageModel
  let settings: Hyperparameters
  let templates: ContextTemplates
  /// The facts in editing order.
  let prompts: [EditPrompts]
  let tokenizer: Tokenizer
  private let recording: SafetensorsFile

  init(_ folder: URL, method: EditingMethod = .alphaEdit) throws {
    let family = method.recipe(asPublished: true) == nil ? .alphaEdit : method
    let recipe = try #require(family.recipe(asPublished: true))
    // Sums in another order differ in their last digits, and the steps of an optimisation add that up.
    Engine.setThreadCount(1)
    self.folder = folder
    let checkpoint = try Checkpoint(directory: folder.appendingPathComponent("model"))
    let tokenizer = try Tokenizer(contentsOf: checkpoint.directory)
    let templates = try ContextTemplates.read(folder.appendingPathComponent("context-templates.json"))
    model = try ModelRegistry.load(checkpoint, dtype: .float32)
    settings = try Hyperparameters.read(
      folder.appendingPathComponent("hparams/\(family.rawValue).json"), method: family)
    prompts = try FactFile.records(folder.appendingPathComponent("facts.json")).map {
      try EditPrompts(
        $0.fact, templates: templates, tokenizer: tokenizer, targetForm: recipe.targetForm)
    }
    self.templates = templates
    self.recipe = recipe
    self.tokenizer = tokenizer
    recording = try SafetensorsFile(
      contentsOf: folder.appendingPathComponent("\(method.rawValue).safetensors"))
  }

  var batches: [[EditPrompts]] {
    stride(from: 0, to: prompts.count, by: Self.batchSize).map {
      Array(prompts[$0..<min($0 + Self.batchSize, prompts.count)])
    }
  }

  /// The recorded statistics, by layer.
  func statistics(of layers: [Int]) throws -> [Int: KeyStatistics] {
    let found = try StatisticsDirectory.find(
      layerNames: layers.map { model.downProjections[$0].name },
      below: folder.appendingPathComponent("statistics"), keyWidth: model.feedForwardWidth)
    return Dictionary(uniqueKeysWithValues: zip(layers, found.statistics))
  }

  /// What each layer preserves, from the recorded statistics.
  func preservations(_ precision: DType = .float32) throws -> [Int: any Preservation] {
    var preservations: [Int: any Preservation] = [:]
    for (layer, statistics) in try statistics(of: settings.layers) {
      let nullSpace = try NullSpace(
        secondMoment: statistics.secondMoment(.float64), rule: settings.nullSpace, precision: precision)
      preservations[layer] = NullSpacePreservation(nullSpace: nullSpace, ridge: settings.ridge)
    }
    return preservations
  }

  /// A session as a run would make it, of the recorded method where no other is given.
  func session(_ other: EditingRecipe? = nil, options: EditingOptions = []) throws -> EditingSession {
    let recipe = other ?? recipe
    var settings = settings
    settings.options = options
    var solvers: [Int: any LayerSolver] = [:]
    for (layer, statistics) in try statistics(of: settings.layers) {
      solvers[layer] = try recipe.solver(for: statistics, settings: settings).solver
    }
    return try EditingSession(
      model: model, settings: settings, recipe: recipe, templates: templates, solvers: solvers)
  }

  func tensor(_ name: String) throws -> Tensor {
    guard let stored = recording[name] else { throw MissingRecording(name: name) }
    return try stored.withBytes { try Tensor.copying($0, shape: stored.shape, dtype: .float32) }
  }

  /// The recorded change of a layer's weight [d, n].
  func delta(batch: Int, layer: Int) throws -> Tensor {
    let stored = try tensor("batch\(batch).delta.\(layer)")
    return model.downProjections[layer].storage == .outIn ? stored : try stored.transposed()
  }

  /// The recorded target values of a batch, [u, d].
  func targets(batch: Int) throws -> Tensor {
    let records = batch * Self.batchSize..<min((batch + 1) * Self.batchSize, prompts.count)
    return try Tensor.stack(records.map { try tensor("z.\($0)") }, 0)
  }
}

struct MissingRecording: Error { let name: String }
