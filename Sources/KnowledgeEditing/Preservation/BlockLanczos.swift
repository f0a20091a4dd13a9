import Torch

/// The leading eigenpairs of a symmetric operator of which only products are needed, by block Lanczos with full
/// orthogonalisation and thick restarts (Golub & Underwood 1977; Wu & Simon 2000).
///
/// For q eigenpairs of an n × n matrix it takes the products of some 5q vectors and keeps 3q of them: about 10n²q operations for
/// the products and 40nq² for orthogonality, where all eigenpairs cost 9n³.
struct BlockLanczos {
  /// n.
  let width: Int
  /// Where to compute.
  let device: Device
  /// The most vectors to keep.
  let largestBasis: Int
  /// X A for rows X [b, n] in float64.
  let apply: (Tensor) throws -> Tensor

  /// A block is a matrix product rather than many passes over A, and finds eigenvalues that repeat as often as it is wide.
  static let blockSize = 64
  static let restartLimit = 30

  /// Eigenpairs, descending.
  struct Eigenpairs {
    /// Their values.
    let values: [Double]
    /// Their vectors, as rows [q, n] in float64.
    let vectors: Tensor
  }

  /// The eigenpairs that lead all others.
  ///
  /// - Parameters:
  ///   - wanted: how many, told from approximations of the largest eigenvalues, descending; nil where these are too few to tell.
  ///   - tolerance: what ‖A y − θ y‖ may be, told from the same and their number.
  /// - Returns: nil where too many are wanted for the basis, or they do not converge.
  func leading(
    _ wanted: ([Double]) -> Int?, tolerance: ([Double], Int) -> Double
  ) throws -> Eigenpairs? {
    let block = max(1, min(Self.blockSize, width / 8))
    let largest = min(largestBasis, width - block)
    guard largest >= 4 * block else { return nil }
    // The start is random, so that no eigenvector is missing from it, and fixed, so that answers do not differ from run to run.
    let start = try RandomGenerator(seed: 0).normal([block, width]).to(.float64, device)
    var basis = try KrylovBasis(start: start, capacity: min(8 * block, largest))
    var restarts = 0
    while true {
      while basis.count + block <= basis.capacity { try basis.extend(by: apply) }
      let pairs = try basis.ritzPairs()
      let count = wanted(pairs.values).flatMap { $0 <= basis.count - block ? $0 : nil }
      let room = count.map { 3 * $0 + 4 * block } ?? 2 * basis.capacity
      if room > basis.capacity, basis.capacity + block <= largest {
        try basis.reserve(min(room, largest))
        continue
      }
      guard let count else { return nil }
      if pairs.residuals[..<count].allSatisfy({ $0 <= tolerance(pairs.values, count) }) {
        return Eigenpairs(
          values: Array(pairs.values[..<count]), vectors: try basis.vectors(pairs, count: count))
      }
      let kept = min(count + max(2 * block, count / 5), basis.count - 2 * block)
      guard restarts < Self.restartLimit, kept >= count else { return nil }
      restarts += 1
      try basis.restart(with: pairs, keeping: kept)
    }
  }
}
