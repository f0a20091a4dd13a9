import Checkpoints
import Foundation

/// What a search for statistics found.
public struct FoundStatistics: Sendable {
  /// The statistics, in the order the layers were asked for.
  public var statistics: [KeyStatistics]
  /// The file of each.
  public var files: [URL]
  /// Every `.npz` file that was there, in the order of their paths, and what became of it.
  public var examined: [ExaminedFile]
}

extension StatisticsDirectory {
  /// Finds files of statistics by their names, anywhere below a directory.
  ///
  /// Of several files of a layer the one of `sampleSize` documents is taken, else that of the most documents.
  /// A file is refused where its contents do not fit `keyWidth` or its own name, and where a `statistics.json` beside
  /// it names another model, does not list it, or gives another hash.
  ///
  /// - Parameters:
  ///   - layerNames: the modules, as in `model.layers.4.mlp.down_proj`
  ///   - keyWidth: n, the width of their keys
  ///   - sampleSize: the number of documents to prefer
  ///   - modelFingerprint: `Checkpoint.fingerprint()`; nil to take statistics of any model of that width
  /// - Throws: ``StatisticsError/notFound(layers:directory:examined:)``, which lists every file looked at and why it
  ///   was not used; ``StatisticsError/ambiguous(layer:files:)`` where differing files are equally good.
  public static func find(
    layerNames: [String], below directory: URL, keyWidth: Int, sampleSize: Int? = nil,
    modelFingerprint: String? = nil
  ) throws -> FoundStatistics {
    var search = StatisticsSearch(keyWidth: keyWidth, sampleSize: sampleSize, fingerprint: modelFingerprint)
    try search.examine(below: directory, layerNames: Set(layerNames))
    var found: [(KeyStatistics, URL)] = []
    var missing: [String] = []
    for layer in layerNames {
      if let statistics = try search.best(for: layer) {
        found.append(statistics)
      } else {
        missing.append(layer)
      }
    }
    let examined = search.examined.sorted { $0.key < $1.key }
      .map { ExaminedFile(file: $0.key, outcome: $0.value) }
    guard missing.isEmpty else {
      throw StatisticsError.notFound(layers: missing, directory: directory.path, examined: examined)
    }
    return FoundStatistics(statistics: found.map(\.0), files: found.map(\.1), examined: examined)
  }
}

private struct StatisticsSearch {
  private struct Candidate {
    let url: URL
    let name: StatisticsFileName
    /// The hash that `statistics.json` gives.
    let hash: String?
  }

  let keyWidth: Int
  let sampleSize: Int?
  let fingerprint: String?
  private(set) var examined: [String: ExaminedFile.Outcome] = [:]
  private var candidates: [String: [Candidate]] = [:]
  private var manifests: [URL: Result<StatisticsManifest?, any Error>] = [:]

  /// The most directory entries looked at, so that a search from the root of a disk ends.
  private static let entryLimit = 200_000

  init(keyWidth: Int, sampleSize: Int?, fingerprint: String?) {
    self.keyWidth = keyWidth
    self.sampleSize = sampleSize
    self.fingerprint = fingerprint
  }

  mutating func examine(below directory: URL, layerNames: Set<String>) throws {
    let directory = directory.resolvingSymlinksInPath()
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory),
      isDirectory.boolValue,
      let entries = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
    else { throw StatisticsError.refused(file: directory.path, reason: "there is no such directory.") }
    var entryCount = 0
    for case let url as URL in entries {
      entryCount += 1
      guard entryCount <= Self.entryLimit else {
        throw StatisticsError.refused(
          file: directory.path,
          reason:
            "more than \(Self.entryLimit) files are below it. Name the directory of the statistics itself.")
      }
      guard url.pathExtension == "npz" else { continue }
      if let reason = try reasonToReject(url, layerNames) { examined[url.path] = .rejected(reason: reason) }
    }
  }

  private mutating func reasonToReject(_ url: URL, _ layerNames: Set<String>) throws -> String? {
    guard let name = StatisticsFileName(url.lastPathComponent) else {
      return url.lastPathComponent.hasSuffix(StatisticsShards.fileSuffix)
        ? "it is one shard's part. Merge the shards first."
        : "its name is not \(StatisticsFileName.pattern)."
    }
    guard layerNames.contains(name.layerName) else {
      return "it is for “\(name.layerName)”, which is not edited."
    }
    let manifest: StatisticsManifest?
    do {
      manifest = try manifestBeside(url)
    } catch {
      return "\(error)"
    }
    let entry = manifest?.layers.first { $0.file == url.lastPathComponent }
    if let manifest {
      if let fingerprint, manifest.provenance.modelFingerprint != fingerprint {
        return "statistics.json says that it is for another model, of fingerprint "
          + "\(manifest.provenance.modelFingerprint.prefix(12))…; this model's is \(fingerprint.prefix(12))…."
      }
      guard entry != nil else { return "statistics.json beside it does not list it." }
    }
    candidates[name.layerName, default: []].append(Candidate(url: url, name: name, hash: entry?.sha256))
    return nil
  }

  private mutating func manifestBeside(_ url: URL) throws -> StatisticsManifest? {
    let directory = url.deletingLastPathComponent()
    let known = manifests[directory]
    let manifest = known ?? Result { try StatisticsManifest(in: directory) }
    manifests[directory] = manifest
    return try manifest.get()
  }

  /// The statistics to use for a layer; nil where no file is usable.
  mutating func best(for layer: String) throws -> (KeyStatistics, URL)? {
    var usable = (candidates[layer] ?? []).sorted { rank($0) < rank($1) }
    while let first = usable.first {
      let equals = usable.prefix { $0.name.sampleSize == first.name.sampleSize }
      let (statistics, good) = try read(Array(equals), layer)
      usable.removeFirst(equals.count)
      guard let statistics, let file = good.first else { continue }
      examined[file.url.path] = .used(layer: layer)
      for other in good.dropFirst() + usable {
        examined[other.url.path] = .rejected(reason: "“\(file.url.path)” was preferred.")
      }
      return (statistics, file.url)
    }
    return nil
  }

  /// The preferred number of documents first, then from many to few, then by path.
  private func rank(_ candidate: Candidate) -> (Int, Int, String) {
    let size = candidate.name.sampleSize
    return (size == sampleSize && size != nil ? 0 : 1, -(size ?? .max), candidate.url.path)
  }

  /// The statistics of files that are equally good by their names, and those of the files that can be used.
  private mutating func read(
    _ equals: [Candidate], _ layer: String
  ) throws -> (statistics: KeyStatistics?, usable: [Candidate]) {
    var first: KeyStatistics?
    var usable: [Candidate] = []
    for candidate in equals {
      do {
        let statistics = try read(candidate)
        usable.append(candidate)
        if let first, try first.digest() != statistics.digest() {
          throw StatisticsError.ambiguous(layer: layer, files: equals.map(\.url.path))
        }
        first = first ?? statistics
      } catch let error as StatisticsError {
        if case .ambiguous = error { throw error }
        examined[candidate.url.path] = .rejected(reason: error.withoutFile)
      } catch let error as CheckpointError {
        examined[candidate.url.path] = .rejected(reason: error.reason)
      }
    }
    return (first, usable)
  }

  private func read(_ candidate: Candidate) throws -> KeyStatistics {
    let url = candidate.url
    if let hash = candidate.hash, try ContentHash(ofFile: url).hex != hash {
      throw StatisticsError.refused(
        file: url.path, reason: "its bytes are not those that statistics.json was written for.")
    }
    let statistics = try StatisticsArchive.read(url, layerName: candidate.name.layerName, keyWidth: keyWidth)
    guard statistics.sampleSize == candidate.name.sampleSize else {
      func words(_ size: Int?) -> String { size.map { "\($0)" } ?? "all" }
      throw StatisticsError.refused(
        file: url.path,
        reason: "its name says \(words(candidate.name.sampleSize)) documents, its contents "
          + "\(words(statistics.sampleSize)).")
    }
    return try statistics.released(readAgainFrom: url)
  }
}

extension StatisticsError {
  /// The reason alone, for a list that names the file itself.
  fileprivate var withoutFile: String {
    switch self {
    case .refused(_, let reason), .unusable(_, let reason): reason
    default: description
    }
  }
}
