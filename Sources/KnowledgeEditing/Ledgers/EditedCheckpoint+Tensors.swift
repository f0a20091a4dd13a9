import Checkpoints
import Ledger
import Torch

extension EditedCheckpoint {
  /// Gives a tensor other values, which have its type and shape.
  mutating func replace(_ name: String, by values: Tensor) throws {
    try replace(name) { emit in try values.withBytes(emit) }
  }

  /// Puts a ledger beside the weights; none, and not the source's either, where nil.
  mutating func put(_ ledger: LedgerRecorder?) throws {
    if let ledger {
      try add(file: Ledger.fileName, copyOf: ledger.url)
    } else {
      omit(file: Ledger.fileName)
    }
  }
}
