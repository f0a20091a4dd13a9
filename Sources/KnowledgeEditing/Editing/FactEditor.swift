import LanguageModels
import Torch

/// A method that writes facts into a model in memory, batch after batch.
///
/// What one batch leaves to the next is the model's weights and the editor's own state, and nothing else: ``restore(_:)`` puts
/// both back from what ``edit(_:)`` returned, without editing again.
///
/// ```swift
/// for batch in batches { states.append(try editor.edit(batch).state) }
/// try editor.finish()
/// ```
public protocol FactEditor: AnyObject {
  /// The model being edited.
  var model: any LanguageModel { get }
  /// The blocks in which a weight may change, ascending.
  var layers: [Int] { get }

  /// Writes a batch of facts into the weights.
  func edit(_ batch: [EditPrompts]) throws -> EditedBatch
  /// Does to the weights and to the editor's state what ``edit(_:)`` did when it returned a batch with this state; batches
  /// must be restored in the order they were edited in.
  func restore(_ state: BatchState) throws
  /// Ends the series of batches; a method that treats the sum of all changes does so here.
  func finish() throws
  /// The present weight of an edited layer, as the checkpoint orients it; nil for a layer that is not edited.
  func weight(ofLayer layer: Int) -> Tensor?
  /// All that may have changed and must be saved, by ascending layer.
  var changedTensors: [ChangedTensor] { get }
}

extension FactEditor {
  /// Most methods are done when the last batch is.
  public func finish() throws {}

  /// Most methods change weights only.
  public var changedTensors: [ChangedTensor] {
    layers.compactMap { layer in
      weight(ofLayer: layer).map { ChangedTensor(block: layer, part: .weight, value: $0) }
    }
  }
}

/// A part of a down-projection that an editor may have changed.
public struct ChangedTensor: Sendable {
  /// Which part it is.
  public enum Part: Sendable, Equatable { case weight, bias }

  /// The block.
  public var block: Int
  /// The part of its down-projection.
  public var part: Part
  /// What it is now, in the checkpoint's orientation and the precision it is summed in.
  public var value: Tensor

  /// Names a part and its value.
  public init(block: Int, part: Part, value: Tensor) {
    self.block = block
    self.part = part
    self.value = value
  }
}

/// What one batch did.
public struct EditedBatch: Sendable {
  /// Each fact's target value, in order; none for methods without them.
  public var targets: [TargetValue] = []
  /// What it leaves to later batches.
  public var state = BatchState()
  /// The facts' keys at each layer, [u, n] in float32.
  public var keys: [Int: Tensor] = [:]
  /// The mean of ‖z − h‖ before each layer was edited.
  public var residualNorms: [Int: Double] = [:]

  /// How many facts' target values were sought at once where memory did not suffice for more; nil where it did.
  public var factsAfterHalving: Int?

  /// ΔW of each layer, in the order in which they were made.
  public var deltas: [WeightDelta] { state.deltas }

  /// A batch that did nothing yet.
  public init() {}
}

/// What a batch of facts leaves to later batches: its changes of weights, and what its method remembers.
public struct BatchState: Sendable {
  /// ΔW, in the order in which they were made; several of one layer where a method goes over its layers more than once.
  public var deltas: [WeightDelta] = []
  /// Tensors of the method's own, by names of its own.
  public var remembered: [String: Tensor] = [:]

  /// The state of a batch that did nothing.
  public init() {}
}
