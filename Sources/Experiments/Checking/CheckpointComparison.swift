import Checkpoints
import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

/// The files and tensors of an edited checkpoint beside those of its base.
struct CheckpointComparison {
  /// Whether all files can be read and are what they should be.
  let files: CheckResult
  /// Whether the tensors are.
  let tensors: CheckResult
  /// The names of the tensors whose bytes differ, in the base's order.
  let changed: [String]

  /// Reads all of both.
  ///
  /// - Parameter edited: the names of the tensors that were edited; nil where no record says.
  init(_ checkpoint: Checkpoint, base: Checkpoint, edited: Set<String>?) throws {
    files = try Self.files(checkpoint, base)
    var problems: [String] = []
    var changed: [String] = []
    for name in base.tensorNames {
      let source = try base.tensor(name)
      guard let tensor = checkpoint[name] else {
        problems.append("“\(name)” is missing")
        continue
      }
      guard tensor.shape == source.shape, tensor.dtype == source.dtype else {
        problems.append(
          "“\(name)” is \(tensor.dtype.rawValue) \(tensor.shape), in the base \(source.dtype.rawValue) \(source.shape)"
        )
        continue
      }
      guard try !Self.areEqual(tensor, source) else { continue }
      changed.append(name)
      if let edited, !edited.contains(name) { problems.append("“\(name)” has changed and was not edited") }
    }
    for name in checkpoint.tensorNames where base[name] == nil {
      problems.append("“\(name)” is not in the base")
    }
    self.changed = changed

    let count = checkpoint.tensorNames.count
    let unrecorded = edited == nil ? "; no record says which were edited" : ""
    if !problems.isEmpty {
      tensors = CheckResult(
        .tensors, .fail, "\(problems.count) of \(count) tensors not as they should be",
        details: problems)
    } else if changed.isEmpty {
      tensors = CheckResult(.tensors, .warn, "\(count) tensors, none of which differs from the base")
    } else {
      tensors = CheckResult(.tensors, .pass, "\(count) tensors, \(changed.count) edited\(unrecorded)")
    }
  }

  private static func areEqual(_ a: MappedTensor, _ b: MappedTensor) throws -> Bool {
    try a.withBytes { first in
      try b.withBytes { second in
        guard let one = first.baseAddress, let other = second.baseAddress else { return true }
        return first.count == second.count && memcmp(one, other, first.count) == 0
      }
    }
  }

  /// What the names of files begin with that a program needs beside the weights; they are the base's, byte for byte.
  private static let neededNames = [
    "config.json", "generation_config", "tokenizer", "vocab", "merges", "special_tokens", "added_tokens",
    "chat_template", "spiece",
  ]

  private static func files(_ checkpoint: Checkpoint, _ base: Checkpoint) throws -> CheckResult {
    var problems: [String] = []
    var notes: [String] = []
    var hashes: [String: ContentHash] = [:]
    let names = try fileNames(checkpoint)
    for name in names {
      do { hashes[name] = try ContentHash(ofFile: checkpoint.directory.appendingPathComponent(name)) } catch {
        problems.append("\(error)")
      }
    }
    let weights = Set(base.shards.map(\.name))
    for name in try fileNames(base) where !weights.contains(name) && !ownNames.contains(name) {
      let isNeeded = neededNames.contains { name.hasPrefix($0) }
      guard let hash = hashes[name] else {
        if isNeeded, !names.contains(name) { problems.append("\(name) is missing") }
        continue
      }
      guard try ContentHash(ofFile: base.directory.appendingPathComponent(name)) != hash else { continue }
      let difference = "\(name) is not the base's"
      if isNeeded { problems.append(difference) } else { notes.append(difference) }
    }
    for (name, recorded) in try recordedFiles(checkpoint, &problems) where hashes[name]?.hex != recorded {
      problems.append(
        names.contains(name)
          ? "\(name) is not what \(EditedCheckpoint.recordName) says: it was changed by another program"
          : "\(name) is missing")
    }
    var seen: Set<String> = []
    problems = problems.filter { seen.insert($0).inserted }
    guard problems.isEmpty else {
      return CheckResult(
        .files, .fail,
        "\(problems.count == 1 ? "1 file is" : "\(problems.count) files are") not as it should be",
        details: problems + notes)
    }
    return notes.isEmpty
      ? CheckResult(.files, .pass, "\(names.count) files")
      : CheckResult(
        .files, .warn, "\(notes.count) files that models do not need differ from the base's", details: notes)
  }

  /// Files that only an edited checkpoint has.
  private static let ownNames: Set = [EditedCheckpoint.recordName, Ledger.fileName]

  private static func fileNames(_ checkpoint: Checkpoint) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: checkpoint.directory.path).sorted().filter { name in
      var isDirectory: ObjCBool = false
      let path = checkpoint.directory.appendingPathComponent(name).path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }
  }

  /// The SHA-256 of each file that the program wrote, as it recorded them.
  private static func recordedFiles(
    _ checkpoint: Checkpoint, _ problems: inout [String]
  ) throws -> [(name: String, sha256: String)] {
    guard let record = EditRecord(of: checkpoint.directory) else { return [] }
    if let fault = record.fault { problems.append(fault) }
    return record.files
  }
}

/// What `alphaedit.json` says of the checkpoint it is in.
struct EditRecord {
  /// The SHA-256 of each file but the ledger and the record itself.
  let files: [(name: String, sha256: String)]
  /// The tensors that were edited; nil where it does not say.
  let tensors: Set<String>?
  /// What is wrong with it.
  let fault: String?

  /// The record in a directory; nil where there is none.
  init?(of directory: URL) {
    guard let bytes = try? Data(contentsOf: directory.appendingPathComponent(EditedCheckpoint.recordName))
    else {
      return nil
    }
    let record: JSON
    do { record = try JSON.parse(bytes) } catch {
      (files, tensors) = ([], nil)
      fault =
        "\(EditedCheckpoint.recordName) is damaged: line \(error.line), byte \(error.offset): \(error.reason)"
      return
    }
    files = (record["files"]?.array ?? []).compactMap { file in
      guard let name = file["name"]?.string, let hash = file["sha256"]?.string else { return nil }
      return (name, hash)
    }
    tensors = record["changed_tensors"]?.array.map { Set($0.compactMap { $0["name"]?.string }) }
    fault = nil
  }
}
