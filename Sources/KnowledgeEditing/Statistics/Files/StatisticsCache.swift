import Checkpoints
import Foundation
import StrictJSON

/// Key statistics that this program has computed before, a file for each layer.
///
/// An entry is found by all that its values depend on (``StatisticsProvenance`` and the layer), so it is never used
/// for another model. Files appear whole or not at all, and two processes may use one cache at once.
public struct StatisticsCache: Sendable {
  /// What a cache has for a layer.
  public enum Entry: Sendable {
    /// The statistics.
    case found(KeyStatistics)
    /// Nothing.
    case missing
    /// A file that cannot be used, and why. Storing replaces it.
    case refused(file: URL, reason: String)
  }

  /// Where the files are.
  public let directory: URL

  /// The cache in `directory`, which need not exist.
  public init(directory: URL = CacheDirectory.standard()) {
    self.directory = directory.appendingPathComponent("statistics", isDirectory: true)
  }

  /// Where the entry of a layer is, or would be.
  public func file(of layerName: String, _ provenance: StatisticsProvenance) -> URL {
    directory.appendingPathComponent("\(provenance.key(layerName: layerName)).npz")
  }

  /// Looks a layer up.
  public func statistics(
    of layerName: String, _ provenance: StatisticsProvenance, keyWidth: Int
  ) -> Entry {
    let url = file(of: layerName, provenance)
    guard FileManager.default.fileExists(atPath: url.path) else { return .missing }
    do {
      let (statistics, note) = try StatisticsArchive.readWithNote(
        url, layerName: layerName, keyWidth: keyWidth)
      let expected = try Self.note(of: statistics, provenance)
      guard note == expected else {
        return .refused(file: url, reason: "its contents were damaged or changed.")
      }
      return .found(try statistics.released(readAgainFrom: url))
    } catch {
      return .refused(file: url, reason: "\(error)")
    }
  }

  /// Keeps a layer's statistics, replacing what is there, and gives them back without their sum in memory.
  ///
  /// - Throws: `CheckpointError` or ``StatisticsError/refused(file:reason:)`` where that cannot be written.
  @discardableResult
  public func store(_ statistics: KeyStatistics, _ provenance: StatisticsProvenance) throws -> KeyStatistics {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw StatisticsError.refused(
        file: directory.path, reason: "the cache cannot be made: \(error.localizedDescription)")
    }
    let url = file(of: statistics.layerName, provenance)
    try StatisticsArchive.write(
      statistics, note: Self.note(of: statistics, provenance), to: url, overwrite: true)
    return try statistics.released(readAgainFrom: url)
  }

  /// What stands in an entry beside the published contents: its provenance and the hash of its contents.
  private static func note(of statistics: KeyStatistics, _ provenance: StatisticsProvenance) throws -> String
  {
    let note: JSON = ["made_from": provenance.json, digestKey: JSON(try statistics.digest().hex)]
    return note.text()
  }

  private static let digestKey = "digest"

  /// The digest of a layer's statistics, from the note beside them; nil where there are none that can be read.
  func digest(of layerName: String, _ provenance: StatisticsProvenance) -> String? {
    guard let file = try? NpzFile(contentsOf: file(of: layerName, provenance)),
      let note = try? file.array(StatisticsArchive.note).text()
    else { return nil }
    return (try? JSON.parse(note))?[Self.digestKey]?.string
  }
}
