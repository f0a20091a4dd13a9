import Checkpoints
import Foundation
import Ledger
import Torch

/// The tensors of an edited checkpoint as they were before all edits: kept in its ledger, or read from the base.
struct BaseWeights {
  /// The ledger's description of the base.
  let base: LedgerBase
  private let ledger: Ledger?
  /// The base's directory; nil where the ledger keeps the tensors.
  let checkpoint: Checkpoint?

  /// Finds the base of a ledger.
  ///
  /// - Parameter directory: where it is now; where it was recorded, if nil.
  /// - Throws: `LedgerError`; ``HistoryError/baseMissing(path:fingerprint:reason:)``.
  init(of ledger: Ledger, in directory: URL? = nil) throws {
    self.ledger = ledger
    base = try ledger.base()
    if directory == nil, try ledger.keepsBase() {
      checkpoint = nil
      return
    }
    let place = directory ?? URL(fileURLWithPath: base.path, isDirectory: true)
    do { checkpoint = try Checkpoint(directory: place) } catch {
      throw HistoryError.baseMissing(path: place.path, fingerprint: base.fingerprint, reason: error.reason)
    }
  }

  /// The base of a ledger that is about to begin.
  init(_ base: LedgerBase, in checkpoint: Checkpoint) {
    self.base = base
    self.checkpoint = checkpoint
    ledger = nil
  }

  /// A tensor as the base stores it.
  ///
  /// - Throws: ``HistoryError/baseDiffers(path:tensor:)`` where it is not what it was when the ledger began.
  func tensor(_ tensor: LedgerBase.Tensor) throws -> Tensor {
    let values = try read(tensor)
    guard let values, try values.contentHash().hex == tensor.sha256 else {
      throw HistoryError.baseDiffers(
        path: checkpoint?.directory.path ?? ledger?.url.path ?? base.path, tensor: tensor.name)
    }
    return values
  }

  /// The tensor that is there now; nil where it is of another type or shape.
  private func read(_ tensor: LedgerBase.Tensor) throws -> Tensor? {
    guard let type = StoredType(rawValue: tensor.dtype), let dtype = DType(type) else { return nil }
    guard let checkpoint else {
      guard let bytes = try ledger?.baseBytes(of: tensor.name),
        bytes.count == type.byteCount(shape: tensor.shape)
      else { return nil }
      return try bytes.withUnsafeBytes { try Tensor.copying($0, shape: tensor.shape, dtype: dtype) }
    }
    guard let stored = checkpoint[tensor.name], stored.dtype == type, stored.shape == tensor.shape else {
      return nil
    }
    return try .copying(stored, dtype: dtype)
  }

  /// Does something with the base as a checkpoint: the base itself, or where the ledger keeps its tensors, a copy of the edited
  /// checkpoint with them in their places, which is removed afterwards.
  ///
  /// - Throws: ``HistoryError/notTheBase(path:expected:found:)`` where it is another checkpoint than the ledger's base.
  func withDirectory<Result>(edited: Checkpoint, _ body: (URL) throws -> Result) throws -> Result {
    if let checkpoint {
      let found = try checkpoint.fingerprint().hex
      guard found == base.fingerprint else {
        throw HistoryError.notTheBase(
          path: checkpoint.directory.path, expected: base.fingerprint, found: found)
      }
      return try body(checkpoint.directory)
    }
    let scratch = try ScratchDirectory(for: "base")
    defer { scratch.remove() }
    let directory = scratch.url.appendingPathComponent("base", isDirectory: true)
    var copy = EditedCheckpoint(of: edited)
    copy.omit(file: Ledger.fileName)
    for tensor in base.tensors {
      let values = try self.tensor(tensor)
      try copy.replace(tensor.name, by: values)
    }
    try copy.write(to: directory, overwrite: false) { _ in Array("{}".utf8) }
    return try body(directory)
  }

  /// Has a ledger keep the base's tensors, if it does not already.
  func keep(in other: Ledger) throws {
    guard try !other.keepsBase() else { return }
    for tensor in base.tensors {
      try other.keepBase(tensor.name, bytes: self.tensor(tensor).withBytes { Data($0) })
    }
  }
}

extension MappedTensor {
  /// The SHA-256 of its bytes.
  func contentHash() throws -> ContentHash { try withBytes { ContentHash(of: $0) } }
}
