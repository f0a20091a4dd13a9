import Checkpoints
import Synchronization
import Torch

/// The second moment of one down-projection's inputs, its keys, over a corpus: C = Σ k kᵀ / count.
///
/// This is what a layer's earlier knowledge is taken to be in MEMIT (arXiv 2210.07229, eq. 12–15) and AlphaEdit
/// (arXiv 2410.02355, eq. 8, where it is K₀K₀ᵀ). It is not centred, and counts every token of every document.
public struct KeyStatistics: Sendable {
  /// The module's name in the checkpoint, as in `model.layers.4.mlp.down_proj`.
  public let layerName: String
  /// Σ k kᵀ over all tokens, float32 [n, n]; not divided by their number.
  public let sum: Tensor
  /// How many tokens were summed.
  public let count: Int
  /// How many documents were asked for; nil for the whole corpus.
  public let sampleSize: Int?
  private let knownDigest = KnownDigest()

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
    self.sum = sum
    self.count = count
    self.sampleSize = sampleSize
  }

  /// n, the width of the layer's keys.
  public var keyWidth: Int { sum.size(0) }

  /// C = Σ k kᵀ / count, [n, n], divided in the type asked for.
  public func secondMoment(_ dtype: DType = .float32) throws -> Tensor { try sum.to(dtype) / Double(count) }

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
    hasher.update(field: "\(sum.shape)")
    try sum.withBytes { hasher.update(buffer: $0) }
    return hasher.finish()
  }
}

/// What copies of the same statistics know of their digest.
private final class KnownDigest: Sendable {
  let value = Mutex<ContentHash?>(nil)
}
