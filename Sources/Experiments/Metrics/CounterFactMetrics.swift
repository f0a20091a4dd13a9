import StrictJSON

/// What a model makes of one CounterFact record: the published metrics without those of generated text.
public struct CounterFactMetrics: Sendable, Equatable {
  /// At the fact's own prompt; the new target is wanted.
  public var rewrite: [PromptScore]
  /// At the record's paraphrases; the new target is wanted.
  public var paraphrase: [PromptScore]
  /// At prompts about other subjects; the target that was true before is wanted.
  public var neighborhood: [PromptScore]

  /// Metrics of the prompts' scores, in the record's order.
  public init(rewrite: [PromptScore], paraphrase: [PromptScore], neighborhood: [PromptScore]) {
    self.rewrite = rewrite
    self.paraphrase = paraphrase
    self.neighborhood = neighborhood
  }

  /// The scores of all prompts, in the published order of their kinds.
  var all: [PromptScore] { rewrite + paraphrase + neighborhood }

  /// The published members: `*_prompts_probs` (mean *negative* log-likelihoods, whatever the name says) and
  /// `*_prompts_correct`, for `rewrite`, `paraphrase` and `neighborhood`.
  public var json: JSON {
    let groups = [("rewrite", rewrite), ("paraphrase", paraphrase), ("neighborhood", neighborhood)]
    let scores = groups.map { name, scores in
      (
        JSONString("\(name)_prompts_probs"),
        JSON(scores.map { ["target_new": JSON($0.targetNew), "target_true": JSON($0.targetTrue)] })
      )
    }
    let correct = groups.map { name, scores in
      (JSONString("\(name)_prompts_correct"), JSON(scores.map { JSON($0.isCorrect) }))
    }
    return .object(JSONObject(scores + correct))
  }
}
