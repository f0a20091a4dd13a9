import Foundation
import StrictJSON

/// A JSON document in a file, its root an object.
struct JSONFile: Sendable {
  /// Longer files of this kind are refused unread.
  static let sizeLimit = 256 << 20

  let url: URL
  let bytes: [UInt8]
  let root: JSONObject

  init(contentsOf url: URL) throws(CheckpointError) {
    self.url = url
    let path = url.path
    let file = try MappedFile(contentsOf: url)
    guard file.count <= Self.sizeLimit else {
      throw CheckpointError(
        .malformed, file: path, "it has \(file.count) bytes, more than the limit of \(Self.sizeLimit).")
    }
    bytes = Array(file.bytes)
    try file.checkUnchanged()
    do {
      guard let object = try JSON.parse(bytes, duplicateKeys: .reject).object else {
        throw CheckpointError(.malformed, file: path, "its contents are not a JSON object “{ … }”.")
      }
      root = object
    } catch let error as JSONError {
      throw CheckpointError(
        .malformed, file: path,
        "line \(error.line), byte \(error.offset): \(error.reason) Only plain JSON can be read: no comments, trailing commas, NaN or Infinity."
      )
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError(.malformed, file: path, "\(error)")
    }
  }
}
