/// Why an edit was not carried out. Nothing has been written then.
public enum EditRunError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case invalidSetting(String)
  /// Facts that this model cannot be given, each with its place and reason; `omitted` more are not listed.
  case unusableFacts(file: String, problems: [String], omitted: Int)
  /// No statistics were named, and none are known.
  case noStatistics(model: String, layers: [String], cache: String)
  /// An edited weight has values that the checkpoint's type cannot hold.
  case nonFiniteWeight(tensor: String, dtype: String)
  /// The tokenizer gives ids that the model has no embedding for.
  case tokenizerMismatch(model: String, id: Int, vocabularySize: Int)
  /// The text that drift is to be measured on has no tokens to predict.
  case emptyHeldBackText(file: String)
  /// The first batch already passed a bound of the guard.
  case stopped(DriftStop)
  /// The edit does not fit into memory, however it is cut up; `isLimit` where the user has set the bound.
  case memoryTooSmall(plan: EditMemoryPlan, isLimit: Bool)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let reason): return reason
    case .unusableFacts(let file, let problems, let omitted):
      if problems.count == 1, omitted == 0 { return problems[0] }
      let lines = problems.map { "\n  \($0)" }.joined()
      return "\(file): \(problems.count + omitted) facts cannot be put into this model's tokens" + lines
        + (omitted > 0 ? "\n  and \(omitted) more" : "")
    case .noStatistics(let model, let layers, let cache):
      return
        "\(model): editing needs the key statistics of \(layers.joined(separator: ", ")), and \(cache) holds none "
        + "for this model. Give --corpus FILE with a few thousand texts (.txt or .jsonl), or --statistics DIR with "
        + "published .npz files or the output of `alphaedit statistics`"
    case .nonFiniteWeight(let tensor, let dtype):
      return
        "“\(tensor)” would hold values that are not finite in \(dtype), the checkpoint's type; nothing was written. "
        + "Check the statistics, or use a larger L2"
    case .tokenizerMismatch(let model, let id, let vocabularySize):
      return "\(model): the tokenizer gives id \(id), but the model's vocabulary has \(vocabularySize) ids; "
        + "the tokenizer belongs to another model"
    case .emptyHeldBackText(let file):
      return "\(file): the held-back text has no two tokens in a row, so no drift can be measured on it"
    case .stopped(let stop): return stop.description
    case .memoryTooSmall(let plan, let isLimit):
      return
        "the edit takes \(plan.peak.asBytes) beside the model's weights at the least, and "
        + (isLimit
          ? "\(plan.allowed.asBytes) are allowed; raise --memory, or edit fewer layers with --layers"
          : "this machine has \(plan.allowed.asBytes) left; edit fewer layers with --layers, compute with --dtype bfloat16, or free "
            + "memory") + plan.table
    }
  }
}
