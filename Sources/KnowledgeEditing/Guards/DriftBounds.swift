import StrictJSON

/// How far a model may drift while it is edited; past a bound the edit ends with the batches before.
///
/// The defaults are meant for collapse, not for quality: an edit that passes one of them has ruined the model, or nearly.
public struct DriftBounds: Sendable, Equatable {
  /// The largest growth of perplexity on held-back text over the unedited model's, as a share: 1 where it may double. No bound
  /// where nil.
  public var perplexityGrowth: Double? = 3
  /// The largest ‖ΔW‖/‖W‖ (Frobenius) of an edited tensor, ΔW being all that was added to it so far. No bound where nil.
  public var normGrowth: Double? = 100
  /// The least share of earlier facts still said, of those that were said when they were written. No bound where nil.
  public var factsKept: Double? = 0.25

  /// The default bounds.
  public init() {}

  /// Fewer facts than these say nothing of how many are kept.
  static let fewestFacts = 20

  /// - Throws: ``EditRunError/invalidSetting(_:)`` for a bound out of range.
  package func check() throws(EditRunError) {
    for (name, bound) in [("growth of perplexity", perplexityGrowth), ("growth of norms", normGrowth)] {
      if let bound, !(bound > 0) {
        throw .invalidSetting("the largest \(name) is \(bound); it must be more than 0")
      }
    }
    if let factsKept, !(0...1).contains(factsKept) {
      throw .invalidSetting("the least share of facts kept is \(factsKept); it must be from 0 to 1")
    }
  }

  /// The bounds by their names.
  var json: JSON {
    func json(_ bound: Double?) -> JSON { bound.map { JSON($0) } ?? .null }
    return [
      "max_perplexity_growth": json(perplexityGrowth), "max_norm_growth": json(normGrowth),
      "min_facts_kept": json(factsKept),
    ]
  }
}
