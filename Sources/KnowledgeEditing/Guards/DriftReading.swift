import StrictJSON

/// What a guard saw after a batch, in the weights as they would be stored.
public struct DriftReading: Sendable, Equatable {
  /// The batch, from 1.
  public var batch: Int
  /// How many facts of this run were written by then.
  public var factCount: Int
  /// By what share the perplexity of held-back text has grown over the unedited model's; nil where there is no text.
  public var perplexityGrowth: Double?
  /// The edited tensor that has moved most.
  public var tensor: String
  /// Its ‖ΔW‖/‖W‖ (Frobenius).
  public var normGrowth: Double
  /// Of how many earlier facts, which were said when they were written, it was asked whether they are said now.
  public var askedCount: Int
  /// How many of these are.
  public var keptCount: Int

  /// The share of earlier facts that are still said; nil where none was asked for.
  public var factsKept: Double? { askedCount > 0 ? Double(keptCount) / Double(askedCount) : nil }

  /// The bound that was passed; nil where none was.
  func breach(of bounds: DriftBounds) -> DriftBreach? {
    guard normGrowth.isFinite else { return .notFinite(what: "“\(tensor)”") }
    guard perplexityGrowth?.isFinite ?? true else {
      return .notFinite(what: "the perplexity of held-back text")
    }
    if let bound = bounds.normGrowth, normGrowth > bound {
      return .normGrowth(tensor: tensor, found: normGrowth, bound: bound)
    }
    if let bound = bounds.perplexityGrowth, let found = perplexityGrowth, found > bound {
      return .perplexityGrowth(found: found, bound: bound)
    }
    if let bound = bounds.factsKept, let found = factsKept, askedCount >= DriftBounds.fewestFacts,
      found < bound
    {
      return .factsKept(count: keptCount, of: askedCount, bound: bound)
    }
    return nil
  }

  /// The reading as one object.
  var json: JSON {
    [
      "batch": JSON(batch), "facts": JSON(factCount),
      "perplexity_growth": perplexityGrowth.map { JSON($0) } ?? .null, "tensor": JSON(tensor),
      "norm_growth": JSON(normGrowth), "facts_asked": JSON(askedCount), "facts_kept": JSON(keptCount),
    ]
  }
}
