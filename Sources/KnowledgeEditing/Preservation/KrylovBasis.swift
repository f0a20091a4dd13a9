import Torch

/// An orthonormal basis V of a block Krylov space of a symmetric operator A, as rows [k, n], with T = V A Vᵀ.
///
/// Everything is kept orthogonal to everything, so T needs no structure and any part of the basis can be put in its place.
struct KrylovBasis {
  private(set) var count = 0
  /// V, of whose rows the first ``count`` are set.
  private var rows: Tensor
  /// T, likewise.
  private var projected: Tensor
  /// The rows that follow, orthonormal and orthogonal to V.
  private var next: Tensor
  /// R of what A makes of the last rows beyond V: (A V_lastᵀ − VᵀT)  = nextᵀ R.
  private var coupling: Tensor?

  /// Approximations of eigenpairs from the basis.
  struct RitzPairs {
    /// Descending.
    let values: [Double]
    /// ‖A y − θ y‖ of each.
    let residuals: [Double]
    /// The eigenvectors of T, as columns.
    fileprivate let coefficients: Tensor
  }

  /// An empty basis that begins with the space of `start` [b, n].
  init(start: Tensor, capacity: Int) throws {
    rows = try Tensor.zeros([capacity, start.size(1)], dtype: .float64, device: start.device)
    projected = try Tensor.zeros([capacity, capacity], dtype: .float64, device: start.device)
    next = try Self.orthonormal(start).rows
  }

  var capacity: Int { rows.size(0) }
  var blockSize: Int { next.size(0) }
  private var present: Tensor { get throws { try rows.narrow(0, 0..<count) } }

  /// Makes room for more rows.
  mutating func reserve(_ capacity: Int) throws {
    guard capacity > self.capacity else { return }
    let more = try Tensor.zeros([capacity, rows.size(1)], dtype: .float64, device: rows.device)
    try more.narrow(0, 0..<count).copyInPlace(present)
    let square = try Tensor.zeros([capacity, capacity], dtype: .float64, device: rows.device)
    try square.narrow(0, 0..<count).narrow(1, 0..<count)
      .copyInPlace(projected.narrow(0, 0..<count).narrow(1, 0..<count))
    (rows, projected) = (more, square)
  }

  /// Takes in the rows that follow, and finds the next ones from what the operator makes of them.
  mutating func extend(by apply: (Tensor) throws -> Tensor) throws {
    let places = count..<count + blockSize
    try rows.narrow(0, places).copyInPlace(next)
    count = places.upperBound
    let v = try present
    let image = try apply(next)
    // Twice, since once leaves what rounding of the first subtraction made.
    let h = try image.matmul(v.transposed())
    try image.addMatmulInPlace(h, v, alpha: -1)
    let again = try image.matmul(v.transposed())
    try image.addMatmulInPlace(again, v, alpha: -1)
    try h.addInPlace(again)
    try projected.narrow(0, places).narrow(1, 0..<count).copyInPlace(h)
    try projected.narrow(1, places).narrow(0, 0..<count).copyInPlace(h.transposed())
    let (found, r) = try Self.orthonormal(image)
    // Where the space ends, some rows are of rounding only, and these may lie in V.
    let inside = try found.matmul(v.transposed())
    try found.addMatmulInPlace(inside, v, alpha: -1)
    next = try Self.orthonormal(found).rows
    coupling = r
  }

  /// The eigenpairs of T.
  func ritzPairs() throws -> RitzPairs {
    let t = try projected.narrow(0, 0..<count).narrow(1, 0..<count)
    let (ascending, columns) = try ((t + t.transposed()) * 0.5).symmetricEigen()
    let coefficients = try columns.flip(1)
    var residuals = [Double](repeating: 0, count: count)
    if let coupling {
      residuals = try coupling.matmul(coefficients.narrow(0, count - blockSize..<count)).norm(0).array()
    }
    return RitzPairs(
      values: try ascending.flip(0).array(), residuals: residuals, coefficients: coefficients)
  }

  /// The leading Ritz vectors, as rows.
  func vectors(_ pairs: RitzPairs, count leading: Int) throws -> Tensor {
    try pairs.coefficients.narrow(1, 0..<leading).transposed().matmul(present)
  }

  /// Puts the leading Ritz vectors in the place of the whole basis; the space goes on from there as it would have.
  mutating func restart(with pairs: RitzPairs, keeping kept: Int) throws {
    try rows.narrow(0, 0..<kept).copyInPlace(vectors(pairs, count: kept))
    projected = try Tensor.zeros([capacity, capacity], dtype: .float64, device: rows.device)
    let values = try Tensor(Array(pairs.values[..<kept]), device: rows.device)
    try projected.diagonal().narrow(0, 0..<kept).copyInPlace(values)
    count = kept
  }

  /// The rows of X [b, n] made orthonormal, Q, and R with Xᵀ = QᵀR.
  private static func orthonormal(_ x: Tensor) throws -> (rows: Tensor, r: Tensor) {
    let (q, r) = try x.transposed().qr()
    return (try q.transposed().contiguous(), r)
  }
}
