import StrictJSON

/// What the text that a model writes about one record's subject is like: the published generation metrics.
public struct TextMetrics: Sendable, Equatable {
  /// The texts, prompts included.
  public var texts: [String]
  /// Fluency: how varied the texts are, in bits; see ``NGramEntropy``. Nil without texts.
  public var ngramEntropy: Double?
  /// Consistency: the cosine of the TF-IDF vectors of all texts together and of all reference texts together, about
  /// subjects that have the new target's attribute. Nil where one of them has no known term.
  public var referenceScore: Double?
  /// The perplexity of reference texts about the subject itself; nil where there are none.
  public var essenceScore: Double?
  /// Those texts.
  public var essenceTexts: [String]

  /// Those metrics.
  public init(
    texts: [String], ngramEntropy: Double?, referenceScore: Double?, essenceScore: Double?,
    essenceTexts: [String]
  ) {
    self.texts = texts
    self.ngramEntropy = ngramEntropy
    self.referenceScore = referenceScore
    self.essenceScore = essenceScore
    self.essenceTexts = essenceTexts
  }

  /// The published members: `ngram_entropy`, `reference_score` and `text`, and `essence_score` and `essence_text`
  /// where there are texts about the subject. A value that cannot be had is left out, where the published code
  /// writes NaN.
  public var json: JSON {
    func number(_ name: JSONString, _ value: Double?) -> [JSONObject.Member] {
      value.map { [(name, JSON($0))] } ?? []
    }
    var members = number("ngram_entropy", ngramEntropy) + number("reference_score", referenceScore)
    members.append(("text", JSON(texts.map { JSON($0) })))
    if !essenceTexts.isEmpty {
      members += number("essence_score", essenceScore)
      members.append(("essence_text", JSON(essenceTexts.map { JSON($0) })))
    }
    return .object(JSONObject(members))
  }
}
