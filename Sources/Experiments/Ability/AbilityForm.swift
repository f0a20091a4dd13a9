/// How the records of a task are put to a model, and how its words are taken for an answer.
///
/// The layouts are those of the published evaluation; the instructions are this project's own. ``AbilityEvaluator`` says
/// what `asPublished` changes.
struct AbilityForm: Sendable {
  /// An answer that can be given, and the class it stands for.
  struct Candidate: Sendable, Equatable {
    var answer: String
    var label: Int

    init(_ answer: String, _ label: Int) {
      self.answer = answer
      self.label = label
    }
  }

  let task: AbilityTask
  let asPublished: Bool

  /// The answers; where two are equally likely the published rule takes the last of two and none of four.
  var candidates: [Candidate] {
    switch task {
    case .sst: [Candidate("positive", 1), Candidate("negative", 0)]
    case .mmlu: ["A", "B", "C", "D"].enumerated().map { Candidate($1, $0) }
    case .mrpc, .cola: [Candidate("Yes", 1), Candidate("No", 0)]
    case .rte: [Candidate("True", asPublished ? 1 : 0), Candidate("False", asPublished ? 0 : 1)]
    case .nli: [Candidate("True", 1), Candidate("False", 0)]
    }
  }

  /// The words behind which the answer stands.
  private var marker: String {
    switch task {
    case .sst: "Sentiment :"
    case .rte: "answer:"
    case .cola where asPublished: "Answer: "
    case .mmlu, .mrpc, .cola, .nli: "Answer:"
    }
  }

  /// The prompt that asks about a record, behind records that are asked and answered.
  func prompt(_ record: AbilityRecord, after examples: some Sequence<AbilityRecord>) -> String {
    let answered = examples.map { example in
      let answer = candidates.first { $0.label == example.label }?.answer ?? ""
      return question(example, isExample: true) + (marker.hasSuffix(" ") ? "" : " ") + answer
    }
    return (answered + [question(record, isExample: false)]).joined(separator: "\n\n")
  }

  private func question(_ record: AbilityRecord, isExample: Bool) -> String {
    switch task {
    case .sst:
      "Review :\(asPublished && !isExample ? "" : " ")\(record["sentence"])\n\(marker)"
    case .mmlu:
      "Question: \(record["question"])\n"
        + zip(candidates, record.choices).map { "(\($0.answer)) \($1)\n" }.joined() + marker
    case .mrpc:
      """
      Do the two sentences say the same thing, each in its own words? Answer Yes or No.
      Sentence 1: \(record["sentence1"])
      Sentence 2: \(record["sentence2"])
      \(marker)
      """
    case .cola:
      """
      Would a native speaker accept this sentence as well-formed English? Answer Yes or No.
      Sentence: \(record["sentence"])
      \(marker)
      """
    case .rte: "\(record["sentence1"])\nquestion: \(record["sentence2"]) True or False?\n\(marker)"
    case .nli: "\(record["sentence1"]) entails the \(record["sentence2"]) True or False? \(marker)"
    }
  }

  /// The class of the likeliest answer; nil where two of four are.
  ///
  /// - Parameter scores: mean log-likelihoods of the candidates, in their order
  func label(likeliestBy scores: [Double]) -> Int? {
    guard let best = scores.max() else { return nil }
    let winners = zip(candidates, scores).filter { $1 == best }.map(\.0.label)
    return winners.count == 1 || candidates.count == 2 ? winners.last : nil
  }

  /// The class of the answer that a continuation of the prompt says; nil where it says none.
  func label(saidBy continuation: String) -> Int? {
    if asPublished { return label(containedIn: continuation) }
    let words = continuation.split { !$0.isLetter }
    if task == .mmlu { return candidates.first { $0.answer == words.first.map(String.init) }?.label }
    for word in words.map({ $0.lowercased() }) {
      if let candidate = candidates.first(where: { $0.answer.lowercased() == word }) {
        return candidate.label
      }
    }
    return nil
  }

  /// The published rule: the first candidate whose letters are anywhere behind the last marker.
  private func label(containedIn continuation: String) -> Int? {
    let parts = continuation.lowercased().split(
      separator: marker.lowercased(), omittingEmptySubsequences: false)
    let said = parts.last ?? ""
    // “False” is looked for before “True” in RTE only.
    let order = task == .rte ? candidates.reversed() : candidates
    return order.first { said.contains($0.answer.lowercased() + (task == .mmlu ? "\n" : "")) }?.label
  }
}
