import StrictJSON

extension Record {
  /// The record as an object of a CounterFact file.
  public var json: JSON {
    [
      "case_id": JSON(caseIdentifier),
      "pararel_idx": JSON(caseIdentifier),
      "requested_rewrite": [
        "prompt": JSON(prompt),
        "relation_id": JSON(relationIdentifier),
        "target_new": newTarget.json,
        "target_true": trueTarget.json,
        "subject": JSON(subject),
      ],
      "paraphrase_prompts": JSON(paraphrasePrompts.map { JSON($0) }),
      "neighborhood_prompts": JSON(neighborhoodPrompts.map { JSON($0) }),
      "attribute_prompts": JSON(attributePrompts.map { JSON($0) }),
      "generation_prompts": JSON(generationPrompts.map { JSON($0) }),
    ]
  }
}

extension Record.Target {
  fileprivate var json: JSON { ["str": JSON(text), "id": JSON(identifier)] }
}
