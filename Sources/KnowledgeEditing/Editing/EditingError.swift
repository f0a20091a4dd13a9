/// What can go wrong while facts are edited.
public enum EditingError: Error, Equatable, CustomStringConvertible {
  /// A computation gave infinities or NaN.
  case notFinite(what: String)
  /// The threshold leaves no direction in which the layer's weight may change.
  case emptyNullSpace(block: Int, rule: String, smallest: Double)
  /// A layer to edit that the model does not have.
  case noSuchLayer(Int, blockCount: Int)
  /// A layer to edit for which no statistics were given.
  case missingStatistics(layer: String)
  /// Statistics for keys of another length than the model's.
  case keyWidthMismatch(layer: String, expected: Int, found: Int)
  /// A loss computed from another block's output than the last.
  case lossLayerBelowHead(Int, last: Int)
  /// Statistics of which no inverse can be taken.
  case singularStatistics(keyWidth: Int)
  /// A method that needs settings which the hyper-parameters do not have.
  case missingSetting(method: String, key: String)
  /// The memory allowed does not hold even one fact.
  case memoryTooSmall(needed: Int, allowed: Int)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notFinite(let what):
      "\(what): the values are not all finite numbers; edit in float32, or check the checkpoint's weights"
    case .emptyNullSpace(let block, let rule, let smallest):
      "block \(block): no eigenvalue of the key statistics lies in the null space under \(rule) (the smallest is "
        + "\(smallest)); raise the threshold, or lower --preserve"
    case .noSuchLayer(let layer, let blockCount):
      "layer \(layer): the model has blocks 0 to \(blockCount - 1)"
    case .missingStatistics(let layer):
      "\(layer): no key statistics were found; give --statistics DIR or --corpus FILE"
    case .keyWidthMismatch(let layer, let expected, let found):
      "\(layer): the statistics are for keys of length \(found), the model's have length \(expected); "
        + "they belong to another model"
    case .lossLayerBelowHead(let layer, let last):
      "v_loss_layer \(layer): target values are sought at the model's head, so it must be the last block, \(last)"
    case .singularStatistics(let keyWidth):
      "the key statistics are singular: they are of too few tokens for keys of length \(keyWidth); collect them over more text"
    case .missingSetting(let method, let key):
      "\(method) needs \(key), which the hyper-parameters do not have"
    case .memoryTooSmall(let needed, let allowed):
      "editing one fact takes about \(needed >> 20) MB beside the model, more than the \(allowed >> 20) MB allowed; "
        + "raise --memory"
    }
  }
}
