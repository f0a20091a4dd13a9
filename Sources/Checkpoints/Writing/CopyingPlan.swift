import Foundation

/// Which files of a checkpoint's directory go into an edited copy of it.
struct CopyingPlan {
  /// The files beside the weight files, to be copied as they are.
  private(set) var otherFiles: [String] = []
  /// What is left behind, and why.
  private(set) var skipped: [CheckpointWarning] = []
  /// The bytes that the copy takes, weight files included.
  private(set) var byteCount: Int

  /// Names that programs look for by themselves; a link under such a name was made by the checkpoint's owner and is
  /// followed wherever it leads.
  private static let wellKnownNames: Set<String> = [
    Checkpoint.configurationName, Checkpoint.generationConfigurationName, CheckpointIndex.fileName,
    "tokenizer.json",
    "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "vocab.json", "merges.txt",
  ]

  /// - Parameter replaced: the names of files that are written anew.
  init(of source: Checkpoint, without replaced: Set<String>) throws(CheckpointError) {
    byteCount = source.shards.reduce(0) { $0 + $1.file.file.count }
    let shardNames = Set(source.shards.map(\.name))
    let usesIndex = !shardNames.contains(Checkpoint.singleFileName)
    for entry in try source.location.entries() {
      let name = entry.name
      if shardNames.contains(name) || replaced.contains(name) { continue }
      let file = source.directory.appendingPathComponent(name)
      var isFollowed = true
      if entry.isRegularFile && !Self.wellKnownNames.contains(name) {
        isFollowed = try source.location.isContained(file)
      }
      let reason: String? =
        if entry.isDirectory {
          "a directory"
        } else if !entry.isRegularFile {
          "not a regular file"
        } else if ForeignWeights.matches(name) || name.hasSuffix(".safetensors")
          || (name == CheckpointIndex.fileName && !usesIndex)
        {
          "weights that the checkpoint does not use, which would now differ from those it does"
        } else if !isFollowed {
          "a symbolic link out of the directory"
        } else {
          nil
        }
      if let reason {
        skipped.append(CheckpointWarning(file: file.path, message: "not copied: \(reason)."))
      } else {
        otherFiles.append(name)
        byteCount += entry.byteCount
      }
    }
  }
}
