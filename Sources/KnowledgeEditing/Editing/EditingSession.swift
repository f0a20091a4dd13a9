import LanguageModels
import Torch

/// Edits a model in memory, batch after batch, by AlphaEdit.
///
/// All that one batch leaves to the next is here and explicit: the weights, and each layer's ``RecursiveSolver`` with the keys of
/// the facts written so far.
///
/// ```swift
/// let session = try EditingSession(model: model, settings: settings, templates: templates, preservations: preservations)
/// let batch = try session.edit(prompts)          // [EditPrompts]
/// ```
public final class EditingSession: FactEditor {
  /// The model being edited.
  public let model: any LanguageModel
  /// The settings of all its edits.
  public let settings: Hyperparameters
  /// The contexts in which facts are written.
  public let templates: ContextTemplates
  /// How many bytes of working memory, beside the model's weights and the solvers' state, a batch may take.
  public let memory: Int
  /// The phase under which progress with target values is reported.
  public static let targetPhase = "Target values"

  private var solvers: [Int: RecursiveSolver]
  private let weights: [Int: EditedWeight]
  private let onProgress: ProgressHandler?

  /// Prepares to edit.
  ///
  /// - Parameters:
  ///   - preservations: what each layer of `settings.layers` preserves, by block.
  ///   - precision: the element type of the solvers.
  ///   - memory: bytes of working memory for a batch.
  ///   - onProgress: called as target values and layers are finished.
  /// - Throws: ``EditingError`` for layers that the model or `preservations` does not have, or keys of another length;
  ///   `HyperparameterError` for settings that do not fit the model.
  public init(
    model: any LanguageModel, settings: Hyperparameters, templates: ContextTemplates,
    preservations: [Int: any Preservation], precision: DType = .float32, memory: Int = 1 << 30,
    onProgress: ProgressHandler? = nil
  ) throws {
    try settings.check(blockCount: model.blockCount)
    var solvers: [Int: RecursiveSolver] = [:]
    var weights: [Int: EditedWeight] = [:]
    for layer in settings.layers {
      guard model.downProjections.indices.contains(layer) else {
        throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
      }
      let linear = model.downProjections[layer]
      guard let preservation = preservations[layer] else {
        throw EditingError.missingStatistics(layer: linear.name)
      }
      guard preservation.keyWidth == linear.inputWidth else {
        throw EditingError.keyWidthMismatch(
          layer: linear.name, expected: linear.inputWidth, found: preservation.keyWidth)
      }
      solvers[layer] = RecursiveSolver(preservation: preservation, precision: precision)
      weights[layer] = EditedWeight(block: layer, linear: linear)
    }
    guard settings.lossLayer == model.blockCount - 1 else {
      throw EditingError.lossLayerBelowHead(settings.lossLayer, last: model.blockCount - 1)
    }
    self.model = model
    self.settings = settings
    self.templates = templates
    self.memory = memory
    self.solvers = solvers
    self.weights = weights
    self.onProgress = onProgress
  }

  /// Writes a batch of facts into the weights.
  ///
  /// AlphaEdit's loop (MEMIT Algorithm 1 with Eq. 14 as its solve): target values with the model as it is; then for each
  /// layer, ascending, keys K, what remains to be done E = Z − H spread over the layers left, ΔW, W ← W + ΔW. A layer's keys
  /// depend on layers below it only, so those that were solved for are also those to be remembered.
  ///
  /// - Parameter batch: facts in tokens, all made with ``templates``.
  public func edit(_ batch: [EditPrompts]) throws -> EditedBatch {
    guard !batch.isEmpty else { return EditedBatch() }
    return try Autograd.withoutGradients { try edit(BatchPrompts(batch)) }
  }

  private func edit(_ prompts: BatchPrompts) throws -> EditedBatch {
    let shared = try SharedContexts(prompts, of: model)
    var (targets, chunks) = try findTargets(prompts, shared)
    let z = try Tensor.stack(targets.map(\.value), 0)
    try shared.advance(to: settings.layers[0])

    var edited = EditedBatch()
    edited.targets = targets
    let (layers, last) = (settings.layers, settings.targetLayer)
    var meter = ProgressMeter(phase: "Layers", unit: "layers", total: layers.count, handler: onProgress)
    for (index, layer) in layers.enumerated() {
      let past = try shared.keyValues(upTo: last + 1)
      let k = try Tensor.concatenate(
        chunks.map {
          try $0.keys(
            at: layer, of: model, after: past?.blocks(layer..<layer + 1), weights: templates.weights)
        },
        0)
      let h = try Tensor.concatenate(
        chunks.map { try $0.bare().subjectOutputs(from: layer, through: last, of: model, after: past) }, 0)
      let e = try z - h
      let r = try e / Double(layers.count - index)
      try solve(layer, keys: k, residuals: r, recordingIn: &edited.state)
      edited.keys[layer] = k
      edited.residualNorms[layer] = try e.norm(1).mean().item()
      meter.report(index + 1)
      guard layer != last else { break }
      // Blocks between two edited layers change nothing, but states must pass through them.
      for block in layer..<layers[index + 1] {
        let past = try shared.keyValues(upTo: block + 1)
        for chunk in chunks.indices { try chunks[chunk].advance(through: block, of: model, after: past) }
        try shared.advance(to: block + 1)
      }
    }
    return edited
  }

  private func solve(
    _ layer: Int, keys: Tensor, residuals: Tensor, recordingIn state: inout BatchState
  ) throws {
    guard let weight = weights[layer], var solver = solvers[layer] else {
      throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
    }
    let delta = try solver.solve(
      block: layer, keys: keys.transposed(), residuals: residuals.transposed())
    solvers[layer] = solver
    try weight.add(delta)
    state.deltas.append(delta)
    state.remembered[Self.historyName(layer)] = solver.history.last
  }

  /// Adds a batch's changes to the weights, and its keys to the solvers' history.
  public func restore(_ state: BatchState) throws {
    for delta in state.deltas {
      guard let weight = weights[delta.block] else {
        throw EditingError.noSuchLayer(delta.block, blockCount: model.blockCount)
      }
      try Autograd.withoutGradients { try weight.add(delta) }
    }
    for layer in layers {
      if let z = state.remembered[Self.historyName(layer)] { solvers[layer]?.remember(z) }
    }
  }

  private static func historyName(_ layer: Int) -> String { "history.\(layer)" }

  /// The edited blocks, ascending.
  public var layers: [Int] { settings.layers }

  /// Target values of all facts, a chunk of them at a time, and the rows their keys are read from.
  private func findTargets(
    _ prompts: BatchPrompts, _ shared: SharedContexts
  ) throws -> (targets: [TargetValue], chunks: [KeyRows]) {
    let past = try shared.keyValues(upTo: model.blockCount)
    let optimizer = TargetValueOptimizer(model: model, settings: settings)
    let size = try MemoryPlan(model: model, prompts: prompts, settings: settings).chunkSize(within: memory)
    let count = prompts.prompts.count
    var meter = ProgressMeter(phase: Self.targetPhase, unit: "facts", total: count, handler: onProgress)
    var targets: [TargetValue] = []
    var chunks: [KeyRows] = []
    for start in stride(from: 0, to: count, by: size) {
      let states = try FactStates(
        facts: start..<min(start + size, count), of: prompts, after: past, layers: settings.layers,
        model: model)
      targets += try optimizer.optimize(states, prompts: prompts, shared: past)
      chunks.append(states.keyRows)
      meter.report(targets.count)
    }
    return (targets, chunks)
  }

  /// The present weight of an edited layer, [d, n] or as the checkpoint stores it.
  public func weight(ofLayer layer: Int) -> Tensor? { weights[layer]?.weight }
}
