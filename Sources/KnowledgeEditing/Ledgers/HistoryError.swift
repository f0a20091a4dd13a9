/// Why an edited checkpoint's history could not be followed. Nothing has been written then.
public enum HistoryError: Error, Equatable, CustomStringConvertible {
  /// The checkpoint has no ledger.
  case noLedger(model: String)
  /// The base is not where it was.
  case baseMissing(path: String, fingerprint: String, reason: String)
  /// What is in the base's place is another checkpoint.
  case baseDiffers(path: String, tensor: String)
  /// The base that was given is another checkpoint.
  case notTheBase(path: String, expected: String, found: String)
  /// The weights that base and ledger give are not those that were recorded.
  case weightsDiffer(tensor: String, step: Int)
  /// The checkpoint's weights are not those its ledger describes.
  case changedSince(model: String, tensor: String)
  /// A run whose settings do not go together with those of the history.
  case settingsDiffer(setting: String, recorded: String, asked: String)
  /// Facts that are not in effect.
  case notInEffect(facts: [Int])
  /// The method cannot take single facts out.
  case cannotTakeOut(method: String)
  /// The key statistics are not those that the facts were written with.
  case statisticsDiffer(layer: String)
  /// What a run recorded of itself cannot be read.
  case unreadableRun(file: String, run: Int, reason: String)
  /// The change of the weights is not the product of its factors.
  case notLowRank(method: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .noLedger(let model):
      "\(model): it holds no ledger.sqlite, so its history is not known; only checkpoints that `alphaedit edit` wrote have one"
    case .baseMissing(let path, let fingerprint, let reason):
      "\(path): the unedited checkpoint that the ledger starts from cannot be read (\(reason)). Weights are made from it and "
        + "the ledger; give the place where it is now with --base DIR (its fingerprint is \(fingerprint))"
    case .baseDiffers(let path, let tensor):
      "\(path): “\(tensor)” is not what it was when the ledger began, so this is not the checkpoint that the ledger starts from; "
        + "give the unedited one with --base DIR"
    case .notTheBase(let path, let expected, let found):
      "\(path): its fingerprint is \(found), that of the ledger's base \(expected); give the unedited checkpoint with --base DIR"
    case .weightsDiffer(let tensor, let step):
      "“\(tensor)”: base and ledger give other bytes than were recorded after step \(step). This processor or version of the "
        + "engine adds up in another way; do it on the machine and with the version that edited"
    case .changedSince(let model, let tensor):
      "\(model): “\(tensor)” is not what its ledger says; the weights were changed by another program. `alphaedit ledger verify` "
        + "tells all that differ; edit with --new-ledger to start a new history from these weights"
    case .settingsDiffer(let setting, let recorded, let asked):
      "this checkpoint was edited with \(setting) \(recorded), and now \(asked) is asked for; one history has one \(setting). "
        + "Keep to \(recorded), or give --new-ledger to start a new history from the weights as they are"
    case .notInEffect(let facts):
      "\(facts.count == 1 ? "fact" : "facts") \(facts.map(String.init).joined(separator: ", ")): not in effect; "
        + "`alphaedit ledger log` lists the facts that are"
    case .cannotTakeOut(let method):
      "\(method) goes over a batch more than once, so single facts cannot be taken out of it; take back whole batches with "
        + "`alphaedit ledger undo`"
    case .statisticsDiffer(let layer):
      "\(layer): these are not the key statistics that the facts were written with; name those with --statistics DIR or --corpus "
        + "FILE"
    case .unreadableRun(let file, let run, let reason):
      "\(file): what run \(run) recorded of itself cannot be read: \(reason)"
    case .notLowRank(let method):
      "\(method) changes weights by more than the factors of its updates, so an adapter cannot hold it; export a checkpoint or a "
        + "delta instead"
    }
  }
}
