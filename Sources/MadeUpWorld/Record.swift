/// A counterfactual edit with the prompts that measure it, in the layout of the CounterFact dataset
/// (Meng et al., 2022, "Locating and Editing Factual Associations in GPT", section 3.3).
public struct Record: Sendable, Equatable {
  /// A value of a relation.
  public struct Target: Sendable, Equatable {
    /// The text, without a leading space.
    public var text: String
    /// The value's identifier.
    public var identifier: String
  }

  /// The record's number.
  public var caseIdentifier: Int
  /// The relation's identifier.
  public var relationIdentifier: String
  /// The edit prompt, with `{}` for the subject.
  public var prompt: String
  /// The subject's name.
  public var subject: String
  /// What the model shall say.
  public var newTarget: Target
  /// What is true in the world.
  public var trueTarget: Target
  /// Two other ways to ask, each after an unrelated sentence.
  public var paraphrasePrompts: [String]
  /// Ten prompts about bystanders for whom the true target holds.
  public var neighborhoodPrompts: [String]
  /// Ten prompts about bystanders for whom the new target holds.
  public var attributePrompts: [String]
  /// Ten prompts about the subject, for free generation.
  public var generationPrompts: [String]
}

extension World {
  /// One record for each editable subject, in an order in which every stretch has all relations.
  public func records() -> [Record] {
    var random = RandomSource(seed: seed, purpose: "records")
    let editable = random.shuffled(subjects.indices.filter { subjects[$0].isEditable })
    var turns: [Relation.SubjectKind: Int] = [:]
    return editable.enumerated().compactMap { number, subject in
      let kind = subjects[subject].kind
      let candidates = relations.indices.filter { relations[$0].kind == kind }
      guard !candidates.isEmpty else { return nil }
      let relation = candidates[turns[kind, default: 0] % candidates.count]
      turns[kind, default: 0] += 1
      return record(number, Fact(subject: subject, relation: relation), using: &random)
    }
  }

  private func record(_ number: Int, _ fact: Fact, using random: inout RandomSource) -> Record? {
    let relation = relations[fact.relation]
    let subject = subjects[fact.subject]
    guard let trueValue = subject.values[fact.relation], let prompt = relation.templates.first,
      relation.values.count > 1
    else { return nil }
    let newValue = (trueValue + 1 + random.below(relation.values.count - 1)) % relation.values.count
    let paraphrases = random.shuffled(relation.templates.dropFirst()).prefix(2).map {
      Filler.sentence(using: &random) + " " + $0.filled(with: subject.name)
    }
    let others = relations.filter { $0.kind == subject.kind && $0 != relation }.flatMap(\.templates)
    let generation = relation.templates + random.shuffled(others).prefix(10 - relation.templates.count)
    return Record(
      caseIdentifier: number, relationIdentifier: relation.identifier, prompt: prompt, subject: subject.name,
      newTarget: target(relation, newValue), trueTarget: target(relation, trueValue),
      paraphrasePrompts: paraphrases,
      neighborhoodPrompts: bystanderPrompts(fact.relation, trueValue, using: &random),
      attributePrompts: bystanderPrompts(fact.relation, newValue, using: &random),
      generationPrompts: generation.map { $0.filled(with: subject.name) })
  }

  private func target(_ relation: Relation, _ value: Int) -> Record.Target {
    Record.Target(text: relation.values[value], identifier: relation.valueIdentifier(value))
  }

  /// Ten prompts about different bystanders who have the value: half with the edit prompt, half with others.
  private func bystanderPrompts(_ relation: Int, _ value: Int, using random: inout RandomSource) -> [String] {
    let bystanders = subjects.filter { !$0.isEditable && $0.values[relation] == value }
    let templates = relations[relation].templates
    return random.shuffled(bystanders).prefix(10).enumerated().map { position, bystander in
      let template = position % 2 == 0 ? templates.first : random.pick(templates)
      return (template ?? "{}").filled(with: bystander.name)
    }
  }

  /// Context templates for keys and target values, as MEMIT has them: the bare prompt, and five unrelated
  /// sentences before it.
  public func contextTemplates() -> [[String]] {
    var random = RandomSource(seed: seed, purpose: "context templates")
    return [["{}"], Filler.sentencesWithDifferentOpenings(5, using: &random).map { $0 + " {}" }]
  }
}
