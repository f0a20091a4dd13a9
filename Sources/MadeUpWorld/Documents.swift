/// Text about the world.
extension World {
  /// A pass over all facts: each is said once, with a random one of its templates, and filler between them.
  ///
  /// - Parameters:
  ///   - purpose: names the pass; the same name gives the same documents.
  ///   - sentences: the number of sentences in a document, drawn from this range.
  ///   - chosen: which facts are said; all of them by default.
  /// - Returns: documents of whole sentences joined by spaces.
  public func documents(
    purpose: String, sentences: ClosedRange<Int> = 2...4, where chosen: (Fact) -> Bool = { _ in true }
  ) -> [String] {
    var random = RandomSource(seed: seed, purpose: purpose)
    var pending: ArraySlice<Fact> = random.shuffled(facts.filter(chosen))[...]
    var documents: [String] = []
    while !pending.isEmpty {
      let length = sentences.lowerBound + random.below(sentences.count)
      let said = (0..<length).compactMap { _ -> String? in
        if random.below(6) == 0 { return Filler.sentence(using: &random) }
        return pending.popFirst().flatMap { sentence(of: $0, using: &random) }
      }
      documents.append(said.joined(separator: " "))
    }
    return documents
  }

  /// Documents that training never shows as such, about bystanders and nothing else: what a model says of them
  /// must not change when other subjects are edited.
  public func heldBackDocuments(count: Int) -> [String] {
    let documents = documents(purpose: "held back") { !subjects[$0.subject].isEditable }
    return Array(documents.prefix(count))
  }

  /// The fact as a sentence, or nil where the subject has no value for the relation.
  private func sentence(of fact: Fact, using random: inout RandomSource) -> String? {
    guard let value = value(of: fact), let template = random.pick(relations[fact.relation].templates) else {
      return nil
    }
    return template.filled(with: subjects[fact.subject].name) + " " + value + "."
  }
}
