import Checkpoints
import Foundation
import LanguageModels
import Torch

/// Null spaces that were computed before, a file for each layer: the known eigenvalues and the thinner side's eigenvectors.
///
/// An entry is found by the digest of the statistics, the rule and the precision. One that is damaged is computed
/// again, so that the cache can be deleted or cut short at any time.
struct NullSpaceCache {
  let directory: URL

  private static let eigenvalues = "eigenvalues"
  private static let basis = "basis"
  /// Part of every key: changes with the meaning of the files.
  private static let format = "alphaedit null space 2"

  init(directory: URL) { self.directory = directory.appendingPathComponent("null-spaces", isDirectory: true) }

  /// The null space of some statistics, from the cache or computed and kept there.
  ///
  /// - Parameter warnings: gets a line where the cache cannot be read or written.
  func nullSpace(
    of statistics: KeyStatistics, rule: NullSpaceRule, device: Device, warnings: inout [String]
  ) throws -> NullSpace {
    let key = Self.key(try statistics.digest().hex, rule)
    let url = file(key)
    if FileManager.default.fileExists(atPath: url.path) {
      do {
        return try read(url, key: key, keyWidth: statistics.keyWidth, device: device)
      } catch {
        warnings.append("\(url.path): \(Self.reason(error)); it is computed again")
      }
    }
    let nullSpace = try NullSpace(statistics: statistics, rule: rule, device: device)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try write(nullSpace, key: key, to: url)
    } catch {
      warnings.append("the null space is not kept: \(error)")
    }
    return nullSpace
  }

  private static func reason(_ error: any Error) -> String {
    (error as? CheckpointError)?.reason ?? "\(error)"
  }

  /// Whether there is a file for statistics with this digest; it is not read.
  func hasEntry(forDigest digest: String, rule: NullSpaceRule) -> Bool {
    FileManager.default.fileExists(atPath: file(Self.key(digest, rule)).path)
  }

  private func file(_ key: ContentHash) -> URL { directory.appendingPathComponent("\(key).safetensors") }

  private static func key(_ digest: String, _ rule: NullSpaceRule) -> ContentHash {
    var hasher = ContentHasher()
    for field in [format, digest, rule.description] { hasher.update(field: field) }
    return hasher.finish()
  }

  private func read(_ url: URL, key: ContentHash, keyWidth: Int, device: Device) throws -> NullSpace {
    let file = try SafetensorsFile(contentsOf: url)
    let metadata = Dictionary(file.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    func damaged() -> CheckpointError {
      CheckpointError(.malformed, file: url.path, "its contents were damaged or changed")
    }
    guard metadata["key"] == key.hex, let side = metadata["side"].flatMap(NullSpace.Side.init(rawValue:)),
      let nullity = metadata["nullity"].flatMap({ Int($0) }), (0...keyWidth).contains(nullity),
      let firstPlace = metadata["first_place"].flatMap({ Int($0) }), (0...keyWidth).contains(firstPlace),
      let trace = metadata["trace"].flatMap({ Double($0) }), trace.isFinite,
      let values = file[Self.eigenvalues], values.dtype == .float64, values.shape.count == 1,
      values.shape[0] <= keyWidth - firstPlace
    else { throw damaged() }
    let width = side == .kept ? nullity : keyWidth - nullity
    let eigenvalues = try Tensor.copying(values, dtype: .float64)
    var basis: Tensor?
    if width > 0 {
      guard let stored = file[Self.basis], stored.dtype == .float32, stored.shape == [keyWidth, width] else {
        throw damaged()
      }
      basis = try .copying(stored, dtype: .float32)
    }
    let spectrum = Spectrum(
      ascending: try eigenvalues.array(), firstPlace: firstPlace, width: keyWidth, trace: trace)
    let nullSpace = NullSpace(
      basis: try basis?.to(device), side: side, keyWidth: keyWidth, nullity: nullity, spectrum: spectrum)
    guard try metadata["digest"] == digest(nullSpace).hex else { throw damaged() }
    return nullSpace
  }

  private func write(_ nullSpace: NullSpace, key: ContentHash, to url: URL) throws {
    let eigenvalues = try Tensor(nullSpace.spectrum.eigenvalues)
    var tensors = [
      NewTensor(name: Self.eigenvalues, dtype: .float64, shape: eigenvalues.shape) {
        try eigenvalues.withBytes($0)
      }
    ]
    if let basis = nullSpace.basis {
      tensors.append(
        NewTensor(name: Self.basis, dtype: .float32, shape: basis.shape) { try basis.withBytes($0) })
    }
    let metadata = [
      (key: "key", value: key.hex), (key: "side", value: nullSpace.side.rawValue),
      (key: "nullity", value: "\(nullSpace.nullity)"),
      (key: "first_place", value: "\(nullSpace.spectrum.firstPlace)"),
      (key: "trace", value: "\(nullSpace.spectrum.trace)"), (key: "digest", value: try digest(nullSpace).hex),
    ]
    try SafetensorsWriter.write(tensors, metadata: metadata, to: url, overwrite: true)
  }

  /// The SHA-256 of the eigenvalues and the basis.
  private func digest(_ nullSpace: NullSpace) throws -> ContentHash {
    var hasher = ContentHasher()
    try Tensor(nullSpace.spectrum.eigenvalues).withBytes { hasher.update(buffer: $0) }
    try nullSpace.basis?.withBytes { hasher.update(buffer: $0) }
    return hasher.finish()
  }
}

extension NullSpaceRule: CustomStringConvertible {
  /// The rule in words: "threshold 0.02", "share 0.99".
  public var description: String {
    switch self {
    case .threshold(let threshold): "threshold \(threshold)"
    case .share(let share): "share \(share)"
    }
  }
}
