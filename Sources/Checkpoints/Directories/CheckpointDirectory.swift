import Foundation

/// The directory of a checkpoint, and what names found in its data may refer to.
struct CheckpointDirectory: Sendable {
  /// The directory, with symbolic links resolved.
  let url: URL
  /// The directory that a Hugging Face download cache (`snapshots/REVISION` with links into `blobs`) keeps files in.
  private let blobs: String?

  init(_ url: URL) throws(CheckpointError) {
    let status = try FileDescriptor(opening: url.path).status()
    guard status.isDirectory else {
      throw CheckpointError(
        .unreadable, file: url.path,
        "it is not a directory; a checkpoint is the directory that holds config.json and model.safetensors.")
    }
    self.url = URL(fileURLWithPath: try Self.realPath(url.path), isDirectory: true)
    let parent = self.url.deletingLastPathComponent()
    blobs =
      parent.lastPathComponent == "snapshots"
      ? parent.deletingLastPathComponent().appendingPathComponent("blobs").path + "/" : nil
  }

  /// The file of a name chosen by the program, wherever it may be linked to; nil when it does not exist.
  func file(named name: String) -> URL? {
    let file = url.appendingPathComponent(name)
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  /// The file of a name found in data, which is a plain name (no path), and not that of a symbolic link out of the
  /// directory (other than into the download cache that the directory itself belongs to).
  ///
  /// - Parameter source: the file that holds the name, for the message.
  func file(namedInData name: String, by source: String) throws(CheckpointError) -> URL {
    guard name.isPlainFileName else {
      throw CheckpointError(
        .unsafePath, file: source, "“\(name)” is not the name of a file in the checkpoint's directory.")
    }
    let file = url.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw CheckpointError(
        .inconsistentIndex, file: source,
        "it names the file “\(name)”, which is missing from \(url.path). Download the checkpoint again.")
    }
    guard try isContained(file) else {
      throw CheckpointError(
        .unsafePath, file: source,
        "the file “\(name)” is a symbolic link out of the checkpoint's directory. Copy the file in its place."
      )
    }
    return file
  }

  /// Whether `file` really lies in the directory, or in the download cache it belongs to.
  func isContained(_ file: URL) throws(CheckpointError) -> Bool {
    let path = try Self.realPath(file.path)
    return path.hasPrefix(url.path + "/") || blobs.map { path.hasPrefix($0) } ?? false
  }

  /// What is directly in the directory, sorted by name.
  func entries() throws(CheckpointError) -> [DirectoryEntry] { try Self.entries(of: url) ?? [] }

  /// What is directly in the directory at `url`, sorted by name; nil if that is not a directory.
  static func entries(of url: URL) throws(CheckpointError) -> [DirectoryEntry]? {
    guard try FileDescriptor(opening: url.path).status().isDirectory else { return nil }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: url.path)
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { name in DirectoryEntry(name: name, in: url) }
    } catch {
      throw CheckpointError(
        .unreadable, file: url.path, "cannot list the directory: \(error.localizedDescription)")
    }
  }

  /// `path` with every symbolic link resolved.
  static func realPath(_ path: String) throws(CheckpointError) -> String {
    guard let resolved = realpath(path, nil) else { throw .system("open it", path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// Something in a directory, judged by what it is or links to.
struct DirectoryEntry {
  let name: String
  let isDirectory: Bool
  let isRegularFile: Bool
  /// The length of a regular file.
  let byteCount: Int

  init(name: String, in directory: URL) {
    self.name = name
    var status = stat()
    let exists = stat(directory.appendingPathComponent(name).path, &status) == 0
    isDirectory = exists && status.isDirectory
    isRegularFile = exists && status.isRegularFile
    byteCount = isRegularFile ? Int(status.st_size) : 0
  }
}
