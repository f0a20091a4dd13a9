import StrictJSON

/// The scores of prompts in the members of a result file, as far as it has them.
struct RecordedScores {
  /// What is wrong with the members.
  struct Fault: Error {
    var reason: String
  }

  /// The scores; not a number where there are answers only, and not correct where there are probabilities only.
  let metrics: CounterFactMetrics
  /// The names of the lists that there are.
  let lists: Set<String>

  /// Reads what ``CounterFactMetrics/json`` writes, or a part of it.
  init(_ members: JSONObject) throws(Fault) {
    var lists: Set<String> = []
    metrics = CounterFactMetrics(
      rewrite: try Self.scores("rewrite", members, &lists),
      paraphrase: try Self.scores("paraphrase", members, &lists),
      neighborhood: try Self.scores("neighborhood", members, &lists))
    self.lists = lists
  }

  private static func scores(
    _ group: String, _ members: JSONObject, _ lists: inout Set<String>
  ) throws(Fault) -> [PromptScore] {
    let probabilities = try list("\(group)_prompts_probs", members, &lists)
    let correct = try list("\(group)_prompts_correct", members, &lists)
    let counts = [probabilities?.count, correct?.count].compactMap { $0 }
    guard counts.max() == counts.min() else {
      throw Fault(reason: "\(group) has \(counts[0]) prompts with scores, but \(counts[1]) with answers")
    }
    var scores: [PromptScore] = []
    for index in 0..<(counts.max() ?? 0) {
      var score = PromptScore(targetNew: .nan, targetTrue: .nan, isCorrect: false)
      if let pair = probabilities?[index] {
        guard let new = pair["target_new"], let former = pair["target_true"] else {
          throw Fault(reason: "\(group)_prompts_probs[\(index)] lacks target_new or target_true")
        }
        (score.targetNew, score.targetTrue) = (new.double ?? .nan, former.double ?? .nan)
      }
      if let value = correct?[index] {
        guard let isCorrect = value.bool else {
          throw Fault(reason: "\(group)_prompts_correct[\(index)] is neither true nor false")
        }
        score.isCorrect = isCorrect
      }
      scores.append(score)
    }
    return scores
  }

  private static func list(
    _ key: String, _ members: JSONObject, _ lists: inout Set<String>
  ) throws(Fault) -> [JSON]? {
    guard let value = members[key] else { return nil }
    guard let elements = value.array else { throw Fault(reason: "\(key) is no list") }
    lists.insert(key)
    return elements
  }
}

extension CounterFactMetrics {
  /// The metrics that ``json`` has as `members`; nil where they are not those, or not all of them are numbers.
  init?(_ members: JSONObject) {
    guard let recorded = try? RecordedScores(members),
      recorded.lists.count == recorded.metrics.json.object?.count,
      recorded.metrics.all.allSatisfy({ !$0.targetNew.isNaN && !$0.targetTrue.isNaN })
    else { return nil }
    self = recorded.metrics
  }
}
