/// Why a ledger could not be read or written.
public enum LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file is no ledger, is damaged, or is of a format this version does not know.
  case unreadable(file: String, reason: String)
  /// The ledger could not be written.
  case unwritable(file: String, reason: String)
  /// A row that contradicts the rest of the ledger.
  case inconsistent(file: String, reason: String)
  /// There is no fact or batch of this name.
  case unknown(file: String, id: String)
  /// More is to be taken back than there is.
  case nothingToUndo(file: String, steps: Int, asked: Int)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): the ledger cannot be read: \(reason)"
    case .unwritable(let file, let reason):
      "\(file): the ledger cannot be written: \(reason)"
    case .inconsistent(let file, let reason):
      "\(file): the ledger contradicts itself: \(reason); it was damaged or changed by another program"
    case .unknown(let file, let id):
      "\(file): the ledger has no “\(id)”; facts are numbered as `alphaedit ledger log` shows them (17), steps with an s "
        + "before their number (s3), and s0 is the base"
    case .nothingToUndo(let file, let steps, let asked):
      "\(file): \(asked) steps cannot be taken back, the ledger holds \(steps)"
    }
  }
}
