import LanguageModels
import Torch

/// Fine-tuning on the facts (FT), with its change of each element bounded (FT-L, "constrained") or not.
///
/// For each batch of facts: Adam with a fresh state lowers the mean of −log p(token) over the target's tokens, all of them taken
/// as the next after the prompt, which is the method as published though a target of several tokens cannot be learnt that way.
/// Epochs of minibatches go on until an epoch's mean loss is below 0.01 or their number is reached; after each step every element
/// is brought back to within `normConstraint` of where the batch found it (Zhu et al. 2020, arXiv 2012.00363).
///
/// Where the published code does something else that changes numbers, it is a choice:
/// - ``FineTuningTargets/own`` scores the target's own tokens only, ``FineTuningTargets/padded(before:filler:ignored:)`` also
///   special tokens and padding, as published;
/// - `appliesPowerLaw` uses the files' `wd_power_law`, which the published code reads and then never applies.
///
/// A module's name in `rewrite_module_tmp` trains its weight and its bias, a tensor's name that tensor only.
public final class FineTuningEditor: FactEditor {
  /// The model being edited.
  public let model: any LanguageModel
  /// The settings of all its edits.
  public let settings: FineTuningSettings
  /// The tokens that are scored.
  public let targets: FineTuningTargets
  /// Whether the settings' power law decides the weight decay.
  public let appliesPowerLaw: Bool
  /// The phase under which progress is reported.
  public static let phase = "Fine-tuning"
  /// The published loss below which a minibatch makes no step and an epoch is the last.
  public static let sufficientLoss = 0.01

  private let tensors: [TrainedTensor]
  private let onProgress: ProgressHandler?

  /// Prepares to edit.
  ///
  /// - Throws: `HyperparameterError` for settings that do not fit the model;
  ///   ``FineTuningError/notTrainable(module:trainable:)`` where they name other modules than down-projections.
  public init(
    model: any LanguageModel, settings: FineTuningSettings, targets: FineTuningTargets = .own,
    appliesPowerLaw: Bool = true, onProgress: ProgressHandler? = nil
  ) throws {
    try settings.check(blockCount: model.blockCount)
    let module = try PromptTemplate(settings.trainedModule)
    tensors = try settings.layers.flatMap { try TrainedTensor.named(module, block: $0, of: model) }
    self.model = model
    self.settings = settings
    self.targets = targets
    self.appliesPowerLaw = appliesPowerLaw
    self.onProgress = onProgress
  }

  /// The blocks with trained tensors, ascending.
  public var layers: [Int] { settings.layers }

  /// All trained tensors as they are now. Where a down-projection has a bias that is trained, it is among them.
  public var changedTensors: [ChangedTensor] {
    tensors.map { ChangedTensor(block: $0.block, part: $0.part, value: $0.value) }
  }

  /// The present weight of a trained layer, as the checkpoint stores it; nil where only a bias is trained.
  public func weight(ofLayer layer: Int) -> Tensor? {
    tensors.first { $0.block == layer && $0.part == .weight }?.value
  }

  /// Trains on a batch of facts.
  ///
  /// - Returns: no targets, keys or factors; the changes of the trained tensors are in `state.remembered` as
  ///   `"change." + name`, in the checkpoint's orientation.
  /// - Throws: ``EditingError/notFinite(what:)`` where a loss is not a number; the weights are then as before.
  public func edit(_ batch: [EditPrompts]) throws -> EditedBatch {
    var edited = EditedBatch()
    guard !batch.isEmpty else { return edited }
    try Autograd.withoutGradients {
      let before = tensors.map(\.value)
      let trained: [Tensor]
      do {
        trained = try train(on: batch)
      } catch {
        for tensor in tensors { try tensor.use(tensor.value) }
        throw error
      }
      for (tensor, (old, new)) in zip(tensors, zip(before, trained)) {
        edited.state.remembered[Self.changeName(tensor)] = try new - old
      }
      try restore(edited.state)
    }
    return edited
  }

  /// Adds a batch's changes to the trained tensors; none are those of a batch without facts.
  ///
  /// - Throws: ``FineTuningError/missingChange(tensor:)`` where the state lacks one of them.
  public func restore(_ state: BatchState) throws {
    guard !state.remembered.isEmpty else { return }
    let changes = try tensors.map { tensor in
      guard let change = state.remembered[Self.changeName(tensor)] else {
        throw FineTuningError.missingChange(tensor: tensor.name)
      }
      return change
    }
    try Autograd.withoutGradients {
      for (tensor, change) in zip(tensors, changes) { try tensor.add(change) }
    }
  }

  private static func changeName(_ tensor: TrainedTensor) -> String { "change." + tensor.name }

  /// What the trained tensors become.
  private func train(on batch: [EditPrompts]) throws -> [Tensor] {
    let first = settings.layers[0]
    let losses = try stride(from: 0, to: batch.count, by: settings.batchSize).map { start in
      let facts = Array(batch[start..<min(start + settings.batchSize, batch.count)])
      return try NextTokenLoss(facts, targets: targets.ids(facts), firstBlock: first, model: model)
    }
    let law = appliesPowerLaw ? settings.weightDecayPowerLaw : nil
    let decay = law?.weightDecay(factCount: batch.count) ?? settings.weightDecay
    let rate = try Tensor.full([1], settings.learningRate, device: model.device)
    var adam = try tensors.map { try AdamRows(shape: $0.value.shape, rates: rate) }
    var values = tensors.map(\.value)
    var meter = ProgressMeter(
      phase: Self.phase, unit: "epochs", total: settings.epochs, handler: onProgress)
    for epoch in 0..<settings.epochs {
      var sum = 0.0
      for loss in losses {
        let (current, gradients) = try evaluate(loss, at: values)
        sum += current * Double(loss.factCount)
        for index in values.indices {
          if let gradients {
            let gradient = decay == 0 ? gradients[index] : try gradients[index] + values[index] * decay
            values[index] = try adam[index].update(values[index], gradient)
          }
          values[index] = try constrain(values[index], around: tensors[index].value)
        }
      }
      meter.report(epoch + 1)
      if sum / Double(batch.count) < Self.sufficientLoss { break }
    }
    return values
  }

  /// A minibatch's loss, and its gradients with respect to the trained tensors where a step is to be made.
  private func evaluate(_ loss: NextTokenLoss, at values: [Tensor]) throws -> (Double, [Tensor]?) {
    let leaves = try values.map { value in
      let leaf = try value.detach()
      try leaf.requireGradient()
      return leaf
    }
    let value = try Autograd.withGradients {
      for (tensor, leaf) in zip(tensors, leaves) { try tensor.use(leaf) }
      return try loss()
    }
    let current = try value.item()
    guard current.isFinite else { throw EditingError.notFinite(what: "the loss of fine-tuning") }
    return (current, current < Self.sufficientLoss ? nil : try value.gradients(of: leaves))
  }

  /// Values no further than `normConstraint` from `original`, element by element.
  private func constrain(_ values: Tensor, around original: Tensor) throws -> Tensor {
    guard let bound = settings.normConstraint else { return values }
    return try values.minimum(original + bound).maximum(original - bound)
  }
}
