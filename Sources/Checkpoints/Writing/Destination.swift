import CFileMap
import Foundation

/// The directory that a checkpoint is to be written to, judged before anything is written.
struct Destination {
  /// The directory, with symbolic links resolved.
  let url: URL
  /// Whether it exists and is to be replaced.
  let isReplaced: Bool
  /// Whether it is the source's own directory.
  let isSource: Bool
  var parent: URL { url.deletingLastPathComponent() }
  private var stagingPrefix: String { ".\(url.lastPathComponent).alphaedit-" }
  private static let stagingSuffix = ".partial"
  /// Directories within a checkpoint that may be lost: the bookkeeping of download programs.
  private static let disposableDirectories: Set<String> = [".cache"]

  /// Judges `requested`, and makes the directories that are to hold it.
  init(_ requested: URL, source: Checkpoint, overwrite: Bool) throws(CheckpointError) {
    url = try Self.resolved(requested.standardizedFileURL)
    isReplaced = FileManager.default.fileExists(atPath: url.path)
    isSource = url.path == source.directory.path
    try Self.checkNesting(url, source.directory)
    if isReplaced {
      try checkReplaceable(overwrite: overwrite)
    } else {
      try makeParent()
    }
  }

  /// `path` with the symbolic links of all its directories that exist resolved.
  private static func resolved(_ path: URL) throws(CheckpointError) -> URL {
    var status = stat()
    if path.path == "/" || lstat(path.path, &status) == 0 {
      return URL(fileURLWithPath: try CheckpointDirectory.realPath(path.path), isDirectory: true)
    }
    return try resolved(path.deletingLastPathComponent())
      .appendingPathComponent(path.lastPathComponent, isDirectory: true)
  }

  private func makeParent() throws(CheckpointError) {
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    } catch {
      throw CheckpointError(
        .unwritable, file: parent.path, "cannot make the directory: \(error.localizedDescription)")
    }
  }

  private static func checkNesting(_ url: URL, _ source: URL) throws(CheckpointError) {
    if url.path.hasPrefix(source.path + "/") {
      throw CheckpointError(
        .unusableDestination, file: url.path, "it is inside the source checkpoint, \(source.path).")
    }
    if source.path.hasPrefix(url.path == "/" ? "/" : url.path + "/") {
      throw CheckpointError(
        .unusableDestination, file: url.path, "it contains the source checkpoint, \(source.path).")
    }
  }

  private func checkReplaceable(overwrite: Bool) throws(CheckpointError) {
    let existing = try CheckpointDirectory.entries(of: url)
    guard let existing else {
      throw CheckpointError(.unusableDestination, file: url.path, "it is a file, not a directory.")
    }
    guard overwrite else {
      throw CheckpointError(
        .destinationExists, file: url.path,
        "it exists already; choose another directory or ask to overwrite it.")
    }
    guard existing.isEmpty || existing.contains(where: { $0.name == Checkpoint.configurationName }) else {
      throw CheckpointError(
        .destinationExists, file: url.path,
        "it holds files but no config.json, so it is not a checkpoint and is not overwritten.")
    }
    if let kept = existing.first(where: { $0.isDirectory && !Self.disposableDirectories.contains($0.name) }) {
      throw CheckpointError(
        .destinationExists, file: url.path,
        "overwriting it would delete the directory “\(kept.name)” in it. Move that away first.")
    }
  }

  /// Throws if replacing the source's own directory would lose `skipped`, files that are not copied.
  func checkNothingIsLost(_ skipped: [CheckpointWarning]) throws(CheckpointError) {
    let lost = skipped.map { URL(fileURLWithPath: $0.file).lastPathComponent }
      .filter { !Self.disposableDirectories.contains($0) }
    guard isSource, let first = lost.first else { return }
    throw CheckpointError(
      .destinationExists, file: url.path,
      "overwriting the source would delete “\(first)”, which is not copied. Move it away first, or choose another "
        + "directory.")
  }

  /// Throws unless there is room for `byteCount` bytes.
  func checkFreeSpace(_ byteCount: Int) throws(CheckpointError) {
    let available = try FreeSpace.bytes(at: parent)
    guard available < byteCount else { return }
    throw CheckpointError(
      .noSpace, file: parent.path,
      "the checkpoint takes \(megabytes(byteCount)), but \(megabytes(available)) are free. "
        + "Free some space, or choose a destination on another file system.")
  }

  /// Throws unless the file system can exchange two directories in one step, which replacing one needs.
  func checkExchange() throws(CheckpointError) {
    guard isReplaced else { return }
    let first = try makeStaging(), second = try makeStaging()
    defer {
      rmdir(first.path)
      rmdir(second.path)
    }
    guard file_exchange(first.path, second.path) != 0 else { return }
    throw CheckpointError(
      .unusableDestination, file: url.path,
      "this file system cannot exchange two directories in one step, so overwriting could lose both checkpoints. "
        + "Choose a directory that does not exist.")
  }

  /// Makes a new directory beside the destination to write in.
  func makeStaging() throws(CheckpointError) -> URL {
    let staging = parent.appendingPathComponent(
      stagingPrefix + uniqueSuffix() + Self.stagingSuffix, isDirectory: true)
    guard mkdir(staging.path, 0o777) == 0 else { throw .system("make the directory", staging.path) }
    return staging
  }

  /// Removes what writers of this destination left when they were killed. Only for the holder of its lock.
  func removeAbandoned() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    for name in names where name.hasPrefix(stagingPrefix) && name.hasSuffix(Self.stagingSuffix) {
      try? FileManager.default.removeItem(at: parent.appendingPathComponent(name))
    }
  }

  /// Puts `staging` in the destination's place, in one step; a previous directory is then at `staging`.
  func publish(_ staging: URL) throws(CheckpointError) {
    let result =
      isReplaced ? file_exchange(staging.path, url.path) : file_rename_exclusively(staging.path, url.path)
    guard result == 0 else {
      if errno == EEXIST || errno == ENOTEMPTY {
        throw CheckpointError(
          .destinationExists, file: url.path, "another program made it in the meantime; it is left as it is.")
      }
      throw .system("put the new checkpoint in its place", url.path)
    }
    try flushDirectory(parent)
  }
}

private func megabytes(_ count: Int) -> String { "\((count + 999_999) / 1_000_000) MB" }
