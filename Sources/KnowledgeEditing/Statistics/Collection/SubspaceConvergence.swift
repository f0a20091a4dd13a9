/// How much the directions that a text protects still turn as more of it is read: whether enough has been read.
///
/// Each time the number of documents has doubled, the protected subspace of each layer is compared with that of the half before:
/// with Qₐ and Q_b the projections on them, tr(QₐQ_b)/max(rank) is the share of directions that both protect, 1 where they are
/// the same.
public struct SubspaceConvergence: Sendable {
  /// A comparison.
  public struct Check: Sendable, Equatable {
    /// How many documents had been read.
    public let documents: Int
    /// How many tokens.
    public let tokens: Int
    /// The share of directions that are protected by them and by half of them, in the layer where it is least.
    public let share: Double
  }

  /// Which directions are protected.
  public let rule: NullSpaceRule
  /// The share at which reading ends.
  public let goal: Double
  /// The comparisons so far, in order.
  public private(set) var checks: [Check] = []
  private var former: [Int: NullSpace] = [:]
  private var next = 0

  /// Watches for a share between 0 and 1.
  public init(goal: Double, rule: NullSpaceRule) {
    self.goal = goal
    self.rule = rule
  }

  /// Whether the share was reached.
  public var isReached: Bool { checks.last.map { $0.share >= goal } ?? false }

  /// Looks at the sums of the documents read so far, by layer, where their number has doubled.
  ///
  /// - Returns: whether the goal is reached.
  mutating func look(at sums: [Int: ExactSum], documents: Int) throws -> Bool {
    guard documents >= next else { return false }
    next = 2 * documents
    var shares: [Double] = []
    for (layer, sum) in sums where sum.count > 0 {
      let statistics = try KeyStatistics(
        layerName: "block \(layer)", sum: sum.rounded(), count: sum.count, sampleSize: documents)
      let present = try NullSpace(statistics: statistics, rule: rule)
      if let former = former[layer] { shares.append(try former.protectedShare(alsoProtectedBy: present)) }
      former[layer] = present
    }
    guard let least = shares.min(), let tokens = sums.values.first?.count else { return false }
    checks.append(Check(documents: documents, tokens: tokens, share: least))
    return isReached
  }
}

extension NullSpace {
  /// tr(QₐQ_b)/max(rank Qₐ, rank Q_b) for the projections Q = I − P on what this and another null space leave out.
  func protectedShare(alsoProtectedBy other: NullSpace) throws -> Double {
    let (own, others) = (keyWidth - nullity, other.keyWidth - other.nullity)
    guard max(own, others) > 0 else { return 1 }
    var cross = 0.0
    if let a = basis, let b = other.basis {
      cross = try a.transposed().matmul(b).to(.float64).square().sum().item()
    }
    let common =
      switch (side, other.side) {
      case (.removed, .removed): cross
      case (.kept, .kept): Double(own - other.nullity) + cross
      case (.removed, .kept): Double(own) - cross
      case (.kept, .removed): Double(others) - cross
      }
    return common / Double(max(own, others))
  }
}
