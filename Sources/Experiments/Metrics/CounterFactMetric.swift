/// One of the figures by which edits are judged.
///
/// Papers and tools use the same words for different things. Here the three words of the AlphaEdit paper stand for what
/// they do there, comparisons of two probabilities, and everything with “accuracy” in its name asks whether the wanted
/// answer is what the model would say.
public enum CounterFactMetric: String, Sendable, CaseIterable {
  /// At the fact's prompt the new target is likelier than the one that was true.
  case efficacy
  /// At paraphrases the new target is likelier than the one that was true.
  case generalization
  /// At prompts about other subjects the target that was true is likelier than the new one.
  case specificity
  /// At the fact's prompt each token of the new target is the most likely one.
  case rewriteAccuracy = "rewrite_accuracy"
  /// At paraphrases each token of the new target is the most likely one.
  case paraphraseAccuracy = "paraphrase_accuracy"
  /// At prompts about other subjects each token of the target that was true is the most likely one.
  case neighborhoodAccuracy = "neighborhood_accuracy"
  /// By how much the new target is more probable at the fact's prompt.
  case rewriteDifference = "rewrite_difference"
  /// By how much the new target is more probable at paraphrases.
  case paraphraseDifference = "paraphrase_difference"
  /// By how much the target that was true is more probable at prompts about other subjects.
  case neighborhoodDifference = "neighborhood_difference"

  /// What the published summary calls it, behind `pre_` or `post_`.
  public var publishedName: String {
    switch self {
    case .efficacy: "rewrite_success"
    case .generalization: "paraphrase_success"
    case .specificity: "neighborhood_success"
    case .rewriteAccuracy: "rewrite_acc"
    case .paraphraseAccuracy: "paraphrase_acc"
    case .neighborhoodAccuracy: "neighborhood_acc"
    case .rewriteDifference: "rewrite_diff"
    case .paraphraseDifference: "paraphrase_diff"
    case .neighborhoodDifference: "neighborhood_diff"
    }
  }

  /// What is measured, in a few words.
  public var definition: String {
    switch self {
    case .efficacy: "p(new) > p(true) at the edit prompt"
    case .generalization: "p(new) > p(true) at paraphrases"
    case .specificity: "p(true) > p(new) at neighbours"
    case .rewriteAccuracy: "says the new target at the edit prompt"
    case .paraphraseAccuracy: "says the new target at paraphrases"
    case .neighborhoodAccuracy: "says the true target at neighbours"
    case .rewriteDifference: "p(new) − p(true) at the edit prompt"
    case .paraphraseDifference: "p(new) − p(true) at paraphrases"
    case .neighborhoodDifference: "p(true) − p(new) at neighbours"
    }
  }

  /// The mean over the record's prompts, as a share of 1; nil where it has none of that kind.
  public func value(of metrics: CounterFactMetrics) -> Double? {
    func mean(_ scores: [PromptScore], _ value: (PromptScore) -> Double) -> Double? {
      scores.isEmpty ? nil : scores.reduce(0) { $0 + value($1) } / Double(scores.count)
    }
    func share(_ scores: [PromptScore], _ holds: (PromptScore) -> Bool) -> Double? {
      mean(scores) { holds($0) ? 1 : 0 }
    }
    return switch self {
    case .efficacy: share(metrics.rewrite, \.prefersNew)
    case .generalization: share(metrics.paraphrase, \.prefersNew)
    case .specificity: share(metrics.neighborhood, \.prefersTrue)
    case .rewriteAccuracy: share(metrics.rewrite, \.isCorrect)
    case .paraphraseAccuracy: share(metrics.paraphrase, \.isCorrect)
    case .neighborhoodAccuracy: share(metrics.neighborhood, \.isCorrect)
    case .rewriteDifference: mean(metrics.rewrite, \.difference)
    case .paraphraseDifference: mean(metrics.paraphrase, \.difference)
    case .neighborhoodDifference: mean(metrics.neighborhood) { -$0.difference }
    }
  }
}
