import Foundation

/// A directory for what is needed only while something runs, in the system's place for such.
package struct ScratchDirectory: Sendable {
  /// Where it is.
  package let url: URL

  /// Makes an empty one.
  ///
  /// - Parameter purpose: a word for its name.
  /// - Throws: ``CheckpointError`` of kind `unwritable`.
  package init(for purpose: String) throws(CheckpointError) {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("alphaedit-\(purpose)-\(UUID().uuidString)", isDirectory: true)
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
      throw CheckpointError(
        .unwritable, file: url.path,
        "the temporary directory cannot be made: \(error.localizedDescription). Set TMPDIR to another place.")
    }
  }

  /// Removes it with all that is in it.
  package func remove() { try? FileManager.default.removeItem(at: url) }
}
