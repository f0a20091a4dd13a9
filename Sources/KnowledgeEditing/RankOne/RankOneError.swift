/// What can go wrong while facts are written by rank-one updates.
public enum RankOneError: Error, Equatable, CustomStringConvertible {
  /// The second moment of a layer's keys has no inverse.
  case singularStatistics(layer: String, tokenCount: Int, keyWidth: Int)
  /// A norm stands between the feed-forward network and the residual stream.
  case normBehindFeedForward(architecture: String)
  /// A fact's own key has no part along the direction its update would be read along.
  case orthogonalKey(fact: String, layer: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .singularStatistics(let layer, let tokenCount, let keyWidth):
      "\(layer): the second moment of the keys has no inverse (\(tokenCount) tokens were counted for keys of length "
        + "\(keyWidth)); collect statistics over more text, or set mom2_adjustment to false"
    case .normBehindFeedForward(let architecture):
      "ROME seeks the output of a feed-forward network that is added to the hidden state as it is, but \(architecture) "
        + "has a norm in between; edit this model by another method"
    case .orthogonalKey(let fact, let layer):
      "fact \(fact): its key in \(layer) has no part along the direction of its update, so no finite update writes it; "
        + "use other contexts or statistics"
    }
  }
}
