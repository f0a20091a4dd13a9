import Torch

extension NullSpace {
  /// The null space of all that is orthogonal to some directions, whatever statistics they may come from: for measuring.
  ///
  /// - Parameter basis: the directions, orthonormal columns [n, q].
  package init(complementOf basis: Tensor) {
    self.init(
      basis: basis, side: .removed, keyWidth: basis.size(0), nullity: basis.size(0) - basis.size(1),
      spectrum: Spectrum(ascending: []))
  }
}
