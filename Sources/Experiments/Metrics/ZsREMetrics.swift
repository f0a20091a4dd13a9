import StrictJSON

/// What a model makes of one zsRE record: of each token of an answer, whether it is the model's most likely one
/// behind the question and the answer's tokens before it.
///
/// That is accuracy with teacher forcing. The published code's figure for locality is ``neighborhoodAccuracy``,
/// against the gold answer, which says little of a model that did not know that answer before. The paper's formula
/// compares with the unedited model: ``agreement(with:)``.
public struct ZsREMetrics: Sendable, Equatable {
  /// At the fact's own question, for each token of the target.
  public var rewrite: [Bool]
  /// At the other wording, for each token of the target.
  public var paraphrase: [Bool]
  /// At the question about something else, for each token of its gold answer.
  public var neighborhood: [Bool]
  /// The model's most likely token at each place of ``neighborhood``.
  public var neighborhoodTokens: [Int]

  /// Metrics of the answers' tokens, in order.
  public init(rewrite: [Bool], paraphrase: [Bool], neighborhood: [Bool], neighborhoodTokens: [Int]) {
    self.rewrite = rewrite
    self.paraphrase = paraphrase
    self.neighborhood = neighborhood
    self.neighborhoodTokens = neighborhoodTokens
  }

  /// The share of the target's tokens that are most likely at the fact's own question (`rewrite_acc`).
  public var rewriteAccuracy: Double? { Self.share(rewrite) }
  /// The same at the other wording (`paraphrase_acc`).
  public var paraphraseAccuracy: Double? { Self.share(paraphrase) }
  /// The share of the gold answer's tokens that are most likely at the question about something else
  /// (`neighborhood_acc`).
  public var neighborhoodAccuracy: Double? { Self.share(neighborhood) }

  /// At the question about something else, the share of places at which the model's most likely token is what it
  /// was in the metrics of the same record from before the edit; nil where these are of another record.
  public func agreement(with before: ZsREMetrics) -> Double? {
    guard neighborhoodTokens.count == before.neighborhoodTokens.count else { return nil }
    return Self.share(zip(neighborhoodTokens, before.neighborhoodTokens).map { $0 == $1 })
  }

  /// The published members: `*_prompts_correct` for `rewrite`, `paraphrase` and `neighborhood`.
  public var json: JSON {
    func list(_ correct: [Bool]) -> JSON { JSON(correct.map { JSON($0) }) }
    return [
      "rewrite_prompts_correct": list(rewrite), "paraphrase_prompts_correct": list(paraphrase),
      "neighborhood_prompts_correct": list(neighborhood),
    ]
  }

  private static func share(_ correct: [Bool]) -> Double? {
    correct.isEmpty ? nil : Double(correct.count { $0 }) / Double(correct.count)
  }
}
