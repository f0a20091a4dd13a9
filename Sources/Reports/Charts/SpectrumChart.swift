/// The eigenvalues of a layer's second moment of keys, greatest first on a logarithmic scale, and where the null space
/// begins (AlphaEdit, section 3.2: the eigenvectors of eigenvalues below a threshold).
public struct SpectrumChart: Sendable {
  /// The heading, such as `Layer 5`.
  public var title: String
  /// A sentence below the heading.
  public var caption: String?
  /// The eigenvalues in any order. Those that are not above zero, or over sixteen decades below the greatest, are rounding
  /// of the decomposition and left out of the drawing.
  public var eigenvalues: [Double]
  /// How many eigenvalues there are, of which ``eigenvalues`` may be a part.
  public var width: Int
  /// The rank of the greatest of ``eigenvalues`` among all, from 1.
  public var firstRank: Int
  /// Eigenvalues below it belong to the null space; drawn as a line.
  public var threshold: Double?
  /// How many eigenvectors were taken for the null space; drawn as an area at the end of the smallest.
  public var nullSpaceDimension: Int?

  /// A spectrum.
  public init(
    title: String, caption: String? = nil, eigenvalues: [Double], width: Int? = nil, firstRank: Int = 1,
    threshold: Double? = nil, nullSpaceDimension: Int? = nil
  ) {
    self.title = title
    self.caption = caption
    self.eigenvalues = eigenvalues
    self.width = width ?? eigenvalues.count
    self.firstRank = firstRank
    self.threshold = threshold
    self.nullSpaceDimension = nullSpaceDimension
  }
}
