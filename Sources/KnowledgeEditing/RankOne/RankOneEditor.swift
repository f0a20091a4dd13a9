import LanguageModels
import Torch

/// ROME (Meng et al. 2022, arXiv 2202.05262): a rank-one update of one down-projection for each fact.
///
/// A fact's update makes the feed-forward network give v, found as target values are but at the network's output, for its
/// subject's key, and changes the outputs for other keys as little as C, their second moment, allows (Eq. 2):
///
///     u  = C⁻¹k / ‖C⁻¹k‖
///     ΔW = (v − W k₁) / (k₁ · u) · uᵀ
///
/// with k the mean of the key over all contexts, each weighing the same, and k₁ that of the bare prompt.
///
/// The facts of a batch are written one after the other, each on the weights that the one before left. The published code
/// writes the first fact of a batch only, and drops the others: ``onlyFirstOfBatch`` does as it does.
///
/// ```swift
/// let editor = try RankOneEditor(model: model, settings: settings, statistics: [5: statistics])
/// let batch = try editor.edit(prompts)          // [EditPrompts]
/// ```
public final class RankOneEditor: FactEditor {
  /// The model being edited.
  public let model: any LanguageModel
  /// The settings of all its edits.
  public let settings: Hyperparameters
  /// Whether all facts of a batch but the first are dropped, as the published code does.
  public let onlyFirstOfBatch: Bool
  /// The phase under which progress is reported.
  public static let phase = "Facts"

  private let directions: [Int: KeyDirection]
  private let weights: [Int: EditedWeight]
  private let onProgress: ProgressHandler?

  /// Prepares to edit.
  ///
  /// - Parameters:
  ///   - settings: as published for ROME (``EditingMethod/rome``). The target's probabilities are the model's own,
  ///     so that `lossLayer` plays no part.
  ///   - statistics: of the keys of each layer of `settings.layers`, by block; not used where `settings.usesSecondMoment`
  ///     is false.
  ///   - onlyFirstOfBatch: whether to do as the published code, which writes the first fact of a batch only.
  ///   - onProgress: called as facts are written.
  /// - Throws: ``EditingError`` for layers that the model or `statistics` does not have, or keys of another length;
  ///   ``RankOneError`` for statistics without an inverse, or a model with a norm behind its feed-forward networks;
  ///   `HyperparameterError` for settings that do not fit the model.
  public init(
    model: any LanguageModel, settings: Hyperparameters, statistics: [Int: KeyStatistics],
    onlyFirstOfBatch: Bool = false, onProgress: ProgressHandler? = nil
  ) throws {
    try settings.check(blockCount: model.blockCount)
    var directions: [Int: KeyDirection] = [:]
    var weights: [Int: EditedWeight] = [:]
    for layer in settings.layers {
      guard model.blocks.indices.contains(layer) else {
        throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
      }
      guard model.blocks[layer].addsFeedForwardAsIs else {
        throw RankOneError.normBehindFeedForward(architecture: model.architecture)
      }
      let linear = model.downProjections[layer]
      weights[layer] = EditedWeight(block: layer, linear: linear)
      guard settings.usesSecondMoment else {
        directions[layer] = .ofKey
        continue
      }
      guard let known = statistics[layer] else { throw EditingError.missingStatistics(layer: linear.name) }
      guard known.keyWidth == linear.inputWidth else {
        throw EditingError.keyWidthMismatch(
          layer: linear.name, expected: linear.inputWidth, found: known.keyWidth)
      }
      directions[layer] = try KeyDirection(sparing: known)
    }
    self.model = model
    self.settings = settings
    self.onlyFirstOfBatch = onlyFirstOfBatch
    self.directions = directions
    self.weights = weights
    self.onProgress = onProgress
  }

  /// The edited blocks, ascending.
  public var layers: [Int] { settings.layers }

  /// Writes the facts of a batch one after the other, or the first of them where ``onlyFirstOfBatch``.
  ///
  /// - Returns: targets, keys and residuals of the facts that were written; with several layers, the targets of the last.
  /// - Throws: ``EditingError/notFinite(what:)``, or ``RankOneError/orthogonalKey(fact:layer:)``; the facts before stay written.
  public func edit(_ batch: [EditPrompts]) throws -> EditedBatch {
    let facts = onlyFirstOfBatch ? batch.prefix(1) : batch[...]
    var edited = EditedBatch()
    var keys: [Int: [Tensor]] = [:]
    var meter = ProgressMeter(phase: Self.phase, unit: "facts", total: facts.count, handler: onProgress)
    try Autograd.withoutGradients {
      for (number, fact) in facts.enumerated() {
        for layer in layers {
          let update = try write(fact, layer)
          edited.state.deltas.append(update.delta)
          if layer == settings.targetLayer { edited.targets.append(update.target) }
          keys[layer, default: []].append(update.key)
          edited.residualNorms[layer, default: 0] += update.target.deltaNorm / Double(facts.count)
        }
        meter.report(number + 1)
      }
      edited.keys = try keys.mapValues { try Tensor.concatenate($0, 0) }
    }
    return edited
  }

  /// Adds a batch's changes to the weights.
  public func restore(_ state: BatchState) throws {
    for delta in state.deltas {
      guard let weight = weights[delta.block] else {
        throw EditingError.noSuchLayer(delta.block, blockCount: model.blockCount)
      }
      try weight.add(delta)
    }
  }

  /// The present weight of an edited layer, [d, n] or as the checkpoint stores it.
  public func weight(ofLayer layer: Int) -> Tensor? { weights[layer]?.weight }

  /// Changes a layer's weight so that it holds a fact.
  private func write(
    _ fact: EditPrompts, _ layer: Int
  ) throws -> (key: Tensor, target: TargetValue, delta: WeightDelta) {
    guard let weight = weights[layer], let direction = directions[layer] else {
      throw EditingError.noSuchLayer(layer, blockCount: model.blockCount)
    }
    let prompts = BatchPrompts([fact])
    let past = try SharedContexts(prompts, of: model).keyValues(upTo: model.blockCount)
    let states = try FactStates(facts: 0..<1, of: prompts, after: past, layers: [layer], model: model)
    func key(_ rows: KeyRows) throws -> Tensor {
      let weights = [Double](repeating: 1 / Double(rows.templateCount), count: rows.templateCount)
      return try rows.keys(at: layer, of: model, after: past?.blocks(layer..<layer + 1), weights: weights)
    }
    let k = try key(states.keyRows)
    let bare = try key(states.keyRows.bare())
    let u = try direction(k)
    let output = try weight.linear(bare.to(model.dtype)).to(.float32)

    var local = settings
    local.layers = [layer]
    let optimizer = TargetValueOptimizer(model: model, settings: local)
    let targets = try optimizer.optimize(states, prompts: prompts, shared: past, origins: output)
    let along = try bare.matmul(u).item()
    guard let target = targets.first, along.isFinite, try u.isFinite().all() else {
      throw EditingError.notFinite(what: "the key of fact \(fact.fact.id) in \(weight.linear.name)")
    }
    guard along != 0 else {
      throw RankOneError.orthogonalKey(fact: fact.fact.id, layer: weight.linear.name)
    }
    let residual = try (target.value.unsqueeze(0) - output).transposed() / along
    let delta = WeightDelta(block: layer, left: try residual.contiguous(), right: u)
    try weight.add(delta)
    return (k, target, delta)
  }
}
