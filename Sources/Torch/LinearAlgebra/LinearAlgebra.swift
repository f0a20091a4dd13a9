import CTorch

extension Tensor {
  /// The lower Cholesky factor L of a symmetric positive definite matrix, A = L Lᵀ.
  ///
  /// - Throws: ``TorchError`` where the matrix is not positive definite.
  public func cholesky() throws(TorchError) -> Tensor {
    try Tensor.make("cholesky", [self]) { ct_cholesky(handle) }
  }

  /// X of A X = B, for the lower Cholesky factor of A.
  public func choleskySolve(lower: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("choleskySolve", [self, lower]) { ct_cholesky_solve(handle, lower.handle) }
  }

  /// X of A X = B (or X A = B where `left` is false), for triangular A.
  public func solveTriangular(
    _ right: Tensor, upper: Bool = false, left: Bool = true
  ) throws(TorchError) -> Tensor {
    try Tensor.make("solveTriangular", [self, right]) {
      ct_solve_triangular(handle, right.handle, upper, left)
    }
  }

  /// X of A X = B by LU with partial pivoting.
  public func solve(_ right: Tensor) throws(TorchError) -> Tensor {
    try Tensor.make("solve", [self, right]) { ct_solve(handle, right.handle) }
  }

  /// Eigenvalues in ascending order, and eigenvectors as columns, of a symmetric matrix.
  public func symmetricEigen() throws(TorchError) -> (values: Tensor, vectors: Tensor) {
    try Tensor.pair("symmetricEigen", [self]) { ct_symmetric_eigen(handle, &$0, &$1) }
  }

  /// How many eigenvalues of a symmetric matrix are above zero: as many as D has in A = LDLᵀ (Sylvester's law of inertia), for n³/3
  /// operations instead of the 9n³ or so of ``symmetricEigen()``.
  public func positiveEigenvalueCount() throws(TorchError) -> Int {
    var count: Int64 = 0
    guard ct_positive_eigenvalue_count(handle, &count) else {
      throw TorchError.last("positiveEigenvalueCount", [self])
    }
    return Int(count)
  }

  /// The thin singular value decomposition A = U diag(S) Vᵀ.
  public func singularValues() throws(TorchError) -> (u: Tensor, s: Tensor, vt: Tensor) {
    var u: OpaquePointer?
    var s: OpaquePointer?
    var vt: OpaquePointer?
    guard ct_svd(handle, &u, &s, &vt), let u, let s, let vt else {
      throw TorchError.last("singularValues", [self])
    }
    return (Tensor(adopting: u), Tensor(adopting: s), Tensor(adopting: vt))
  }

  /// The thin QR factorization.
  public func qr() throws(TorchError) -> (q: Tensor, r: Tensor) {
    try Tensor.pair("qr", [self]) { ct_qr(handle, &$0, &$1) }
  }
}
