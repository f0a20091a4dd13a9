/// Which directions of key space an edit is free to use: those in which the keys of other text have little weight.
public enum NullSpaceRule: Sendable, Equatable {
  /// The eigenvectors of C = E[kkᵀ] whose eigenvalue is below this, an absolute bound in the square of the keys' unit;
  /// as published (`nullspace_threshold`).
  case threshold(Double)

  /// All eigenvectors but the fewest leading ones that hold at least this share of C's trace, between 0 and 1. Needs
  /// no knowledge of the keys' scale.
  case share(Double)
}
