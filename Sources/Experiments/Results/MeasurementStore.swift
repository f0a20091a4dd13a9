import Checkpoints
import Foundation
import StrictJSON

/// The finished measurements of a run, a file for each part of each: `measurements/after_0005/probabilities-0003.json`.
///
/// A file says which weights it was made with and the hash of its values, so that one that is damaged, or was made with
/// other weights, is not used.
struct MeasurementStore {
  let directory: RunDirectory

  /// The values of a part; nil where it has not been measured, or must be again.
  ///
  /// - Parameter state: the digest of the weights' state; see ``BatchArchive/Batch/digest``.
  func values(of measure: String, part: Int, at stage: Stage, state: ContentHash) -> JSON? {
    guard let file = directory.read(Self.name(measure, part, stage)), let values = file["values"],
      file["state"] == JSON(state.hex), file["sha256"] == JSON(Self.hash(values).hex)
    else { return nil }
    return values
  }

  /// Keeps the values of a part.
  func keep(_ values: JSON, of measure: String, part: Int, at stage: Stage, state: ContentHash) throws {
    try directory.write(
      ["state": JSON(state.hex), "sha256": JSON(Self.hash(values).hex), "values": values],
      to: Self.name(measure, part, stage), pretty: false)
  }

  /// The file of a part.
  func url(_ measure: String, part: Int, at stage: Stage) -> URL {
    directory.url.appendingPathComponent(Self.name(measure, part, stage))
  }

  private static func hash(_ values: JSON) -> ContentHash { ContentHash(of: values.serialized()) }

  private static func name(_ measure: String, _ part: Int, _ stage: Stage) -> String {
    "measurements/\(stage.name)/\(measure)-\(String(format: "%04d", part)).json"
  }
}
