import Foundation

/// How an edit changed the likelihood of text that it should not have touched.
public struct Drift: Sendable, Equatable {
  /// Where the text is from, in words.
  public var source: String
  /// How many tokens were predicted.
  public var tokenCount: Int
  /// Their mean log-probability (natural logarithm) under the unedited model.
  public var before: Double
  /// Under the edited model.
  public var after: Double

  /// exp(−mean log-probability) before.
  public var perplexityBefore: Double { exp(-before) }
  /// exp(−mean log-probability) after.
  public var perplexityAfter: Double { exp(-after) }
  /// By what share the perplexity has grown; negative where it has fallen.
  public var growth: Double { perplexityAfter / perplexityBefore - 1 }
}
