import Checkpoints
import Foundation

extension ContentHash {
  private static let windowSize = 16 << 20

  /// The SHA-256 of a file's bytes, read through a map a few at a time.
  ///
  /// - Throws: `CheckpointError` where it cannot be read, or changes meanwhile.
  package init(ofFile url: URL) throws {
    let file = try MappedFile(contentsOf: url)
    var hasher = ContentHasher()
    for start in stride(from: 0, to: file.count, by: Self.windowSize) {
      try file.withBytes(in: start..<min(start + Self.windowSize, file.count)) { hasher.update(buffer: $0) }
    }
    self = hasher.finish()
  }
}
