import Checkpoints
import Foundation
import Synchronization
import Torch

/// The second moment of one down-projection's inputs, its keys, over a corpus: C = Σ k kᵀ / count.
///
/// This is what a layer's earlier knowledge is taken to be in MEMIT (arXiv 2210.07229, eq. 12–15) and AlphaEdit
/// (arXiv 2410.02355, eq. 8, where it is K₀K₀ᵀ). It is not centred, and counts every token of every document.
public struct KeyStatistics: Sendable {
  /// The module's name in the checkpoint, as in `model.layers.4.mlp.down_proj`.
  public let layerName: String
  /// n, the width of the layer's keys.
  public let keyWidth: Int
  /// How many tokens were summed.
  public let count: Int
  /// How many documents were asked for; nil for the whole corpus.
  public let sampleSize: Int?
  private let storage: Storage
  private let knownDigest = KnownDigest()

  /// Where the sum is: 4n² bytes, too many to keep of every layer of a large model.
  private enum Storage: Sendable {
    case memory(Tensor)
    /// In a file, from which it is read each time.
    case file(URL)
  }

  /// Checks and wraps a sum.
  ///
  /// - Parameters:
  ///   - sum: float32 [n, n]
  ///   - count: the number of tokens, above 0
  /// - Throws: ``StatisticsError/unusable(layer:reason:)`` if the sum is not a square matrix of finite numbers with
  ///   no negative diagonal element, or counts no token.
  public init(layerName: String, sum: Tensor, count: Int, sampleSize: Int?) throws {
    func unusable(_ reason: String) -> StatisticsError { .unusable(layer: layerName, reason: reason) }
    guard count > 0 else { throw unusable("they count \(count) tokens.") }
    guard sum.rank == 2, sum.size(0) == sum.size(1), sum.size(0) > 0 else {
      throw unusable("the sum has shape \(sum.shape), which is not that of a square matrix.")
    }
    let sum = try sum.to(.float32)
    guard try sum.isFinite().all() else { throw unusable("the sum holds NaN or infinite values.") }
    guard try sum.diagonal().greaterOrEqual(0).all() else {
      throw unusable("the diagonal of the sum holds negative values, which sums of squares are not.")
    }
    self.layerName = layerName
    keyWidth = sum.size(0)
    storage = .memory(sum)
    self.count = count
    self.sampleSize = sampleSize
  }

  private init(_ other: KeyStatistics, in storage: Storage) {
    layerName = other.layerName
    keyWidth = other.keyWidth
    count = other.count
    sampleSize = other.sampleSize
    self.storage = storage
  }

  /// The same statistics without their sum, which is read from a file of them where it is asked for.
  func released(readAgainFrom file: URL) throws -> KeyStatistics {
    let released = KeyStatistics(self, in: .file(file))
    let digest = try digest()
    released.knownDigest.value.withLock { $0 = digest }
    return released
  }

  /// Σ k kᵀ over all tokens, float32 [n, n]; not divided by their number.
  ///
  /// - Throws: ``StatisticsError/refused(file:reason:)`` where the file that holds it is not what it was; `CheckpointError`.
  public func sum() throws -> Tensor {
    switch storage {
    case .memory(let sum): return sum
    case .file(let file):
      let statistics = try StatisticsArchive.read(file, layerName: layerName, keyWidth: keyWidth)
      guard try statistics.computedDigest() == digest() else {
        throw StatisticsError.refused(file: file.path, reason: "it was changed while it was in use.")
      }
      return try statistics.sum()
    }
  }

  /// C = Σ k kᵀ / count, [n, n], divided in the type asked for.
  public func secondMoment(_ dtype: DType = .float32) throws -> Tensor { try sum().to(dtype) / Double(count) }

  /// The SHA-256 of name, count, sample size and sum: a key for whatever is derived from them. The sum is hashed once.
  public func digest() throws -> ContentHash {
    if let known = knownDigest.value.withLock({ $0 }) { return known }
    let digest = try computedDigest()
    knownDigest.value.withLock { $0 = digest }
    return digest
  }

  private func computedDigest() throws -> ContentHash {
    var hasher = ContentHasher()
    hasher.update(field: layerName)
    hasher.update(field: "\(count)")
    hasher.update(field: sampleSize.map(String.init) ?? "all")
    hasher.update(field: "\([keyWidth, keyWidth])")
    try sum().withBytes { hasher.update(buffer: $0) }
    return hasher.finish()
  }
}

/// What copies of the same statistics know of their digest.
private final class KnownDigest: Sendable {
  let value = Mutex<ContentHash?>(nil)
}
