import StrictJSON

/// A figure by which methods are compared: of each record it is read from what was measured, and over records it is a
/// mean.
public struct RecordFigure: Sendable {
  /// This project's name for it.
  public let name: String
  /// What the published summary calls it, behind `pre_` or `post_`.
  public let publishedName: String
  /// What it says, in a few words.
  public let definition: String
  /// Whether it is a share of 1, to be shown in per cent.
  public let isShare: Bool
  private let read: @Sendable (JSONObject) -> Double?

  /// A figure that `value` reads from a record's members; nil for a record that has none.
  init(
    _ name: String, publishedName: String, definition: String, isShare: Bool = true,
    value: @escaping @Sendable (JSONObject) -> Double?
  ) {
    self.name = name
    self.publishedName = publishedName
    self.definition = definition
    self.isShare = isShare
    read = value
  }

  /// The figure of one record.
  func value(of metrics: JSONObject) -> Double? { read(metrics) }
}

extension RecordFigure {
  /// The figures of CounterFact records.
  static let counterFact: [RecordFigure] = CounterFactMetric.allCases.map { metric in
    RecordFigure(metric.rawValue, publishedName: metric.publishedName, definition: metric.definition) {
      CounterFactMetrics($0).flatMap(metric.value(of:))
    }
  }
}

extension CounterFactMetrics {
  /// The metrics that ``json`` has as `members`; nil where they are not those.
  init?(_ members: JSONObject) {
    func scores(_ group: String) -> [PromptScore]? {
      guard let pairs = members["\(group)_prompts_probs"]?.array,
        let correct = members["\(group)_prompts_correct"]?.array, pairs.count == correct.count
      else { return nil }
      let scores = zip(pairs, correct).compactMap { pair, correct -> PromptScore? in
        guard let new = pair["target_new"]?.double, let former = pair["target_true"]?.double,
          let isCorrect = correct.bool
        else { return nil }
        return PromptScore(targetNew: new, targetTrue: former, isCorrect: isCorrect)
      }
      return scores.count == pairs.count ? scores : nil
    }
    guard let rewrite = scores("rewrite"), let paraphrase = scores("paraphrase"),
      let neighborhood = scores("neighborhood")
    else { return nil }
    self.init(rewrite: rewrite, paraphrase: paraphrase, neighborhood: neighborhood)
  }
}
