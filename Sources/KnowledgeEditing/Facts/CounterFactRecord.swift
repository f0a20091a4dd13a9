import StrictJSON

/// A fact with the prompts by which an edit of it is measured, as in the CounterFact data.
public struct CounterFactRecord: Sendable, Equatable {
  /// The fact to write.
  public let fact: Fact

  /// The fact as the file has it: `requested_rewrite`, or the whole record where it is flat.
  public let requestedRewrite: JSONObject

  /// What was true before; begins with a space.
  public let targetTrue: String

  /// Other ways to ask for the fact; after an edit they should give `fact.target` too.
  public let paraphrasePrompts: [String]

  /// Prompts about other subjects, for which `targetTrue` holds and should go on to hold.
  public let neighborhoodPrompts: [String]

  /// Prompts about other subjects, for which `fact.target` holds.
  public let attributePrompts: [String]

  /// Beginnings of text about the subject, for measures of free generation.
  public let generationPrompts: [String]

  /// Reads what goes beyond the fact; lists that are absent are empty.
  ///
  /// EasyEdit's layout names its single prompts `rephrase_prompt` and `locality_prompt`.
  init(_ record: FactRecord, source: FactSource) throws(FactFault) {
    let fact = try record.fact(source: source)
    guard let targetTrue = fact.targetTrue else { throw .missing(key: "target_true (or ground_truth)") }
    self.fact = fact
    requestedRewrite = record.rewrite
    self.targetTrue = targetTrue
    paraphrasePrompts = try record.prompts("paraphrase_prompts") + record.prompts("rephrase_prompt")
    let locality = try record.prompts("locality_prompt")
    if !locality.isEmpty, let answer = record.object["locality_ground_truth"]?.string {
      // A neighbour's prompt is asked with the fact's own two targets.
      guard answer == targetTrue.drop(while: { $0 == " " }) else {
        throw .otherLocalityAnswer(answer: answer, targetTrue: targetTrue)
      }
    }
    neighborhoodPrompts = try record.prompts("neighborhood_prompts") + locality
    attributePrompts = try record.prompts("attribute_prompts")
    generationPrompts = try record.prompts("generation_prompts")
  }
}
