/// What can go wrong while facts are written by fine-tuning.
public enum FineTuningError: Error, Equatable, CustomStringConvertible {
  /// A module or tensor is to be trained that cannot be.
  case notTrainable(module: String, trainable: [String])
  /// A batch's state has no change of a tensor that is trained.
  case missingChange(tensor: String)
  /// Targets are to be filled up as published, but the tokenizer has no token that ends a text.
  case noPadding

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notTrainable(let module, let trainable):
      "rewrite_module_tmp names “\(module)”, but only down-projections can be trained; "
        + "write one of \(trainable.joined(separator: ", ")), with {} for the block's number"
    case .missingChange(let tensor):
      "the state to restore has no change of “\(tensor)”; it was made with other settings or by another method"
    case .noPadding:
      "the tokenizer names no eos_token, with which the published code fills up short targets; "
        + "fine-tune without --as-published"
    }
  }
}
