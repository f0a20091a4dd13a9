import Checkpoints
import Foundation
import Ledger
import StrictJSON
import Torch

/// Where an edited checkpoint goes whose history was changed: into its own place, or another.
struct HistoryOutput {
  private let output: URL
  private let overwrite: Bool
  private let lock: DestinationLock
  /// The edited checkpoint, opened while nobody else may write to the destination.
  let checkpoint: Checkpoint

  /// - Parameters:
  ///   - model: the edited checkpoint.
  ///   - output: where the new one goes; into its place where nil.
  /// - Throws: `CheckpointError`, also while another process writes there.
  init(_ model: URL, output: URL?, overwrite: Bool) throws {
    self.output = output ?? model
    self.overwrite = overwrite || output == nil
    lock = try EditedCheckpoint(of: Checkpoint(directory: model))
      .reserve(self.output, overwrite: self.overwrite)
    checkpoint = try Checkpoint(directory: model)
  }

  /// Writes the checkpoint with other weights and another ledger.
  ///
  /// - Parameters:
  ///   - values: the edited tensors.
  ///   - ledger: the ledger; none where nothing is left of the history.
  ///   - operation: what was done, for `alphaedit.json`.
  /// - Throws: `CheckpointError`; the destination is then what it was.
  func write(
    _ values: [(tensor: LedgerBase.Tensor, values: Tensor)], _ ledger: LedgerRecorder?,
    operation: [(String, JSON)]
  ) throws -> WrittenCheckpoint {
    var edited = EditedCheckpoint(of: checkpoint)
    for (tensor, values) in values {
      try edited.replace(tensor.name, by: values)
    }
    try edited.put(ledger)
    let source = try checkpoint.fingerprint().hex
    return try edited.write(
      to: output, overwrite: overwrite, holding: lock,
      record: { written in
        var members: [(String, JSON)] = [
          ("format", "alphaedit ledger 1"),
          ("versions", ["alphaedit": JSON(Version.current), "libtorch": JSON(Engine.version)]),
          ("source", ["path": JSON(checkpoint.directory.path), "fingerprint": JSON(source)]),
        ]
        members += operation
        members += [
          ("changed_tensors", EditReport.json(of: written.changedTensors)),
          ("files", EditReport.json(of: written.files)),
        ]
        return JSON.object(JSONObject(members.map { (JSONString($0), $1) })).serialized(pretty: true)
      },
      validate: { try EditRun.tryOut($0, nil) })
  }
}
