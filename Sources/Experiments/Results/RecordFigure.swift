import StrictJSON

/// A figure by which methods are compared: of each record it is read from what was measured, and over records it is a
/// mean.
public struct RecordFigure: Sendable {
  /// This project's name for it.
  public let name: String
  /// What the published summary calls it, behind `pre_` or `post_`; nil for a figure of this project's own.
  public let publishedName: String?
  /// What it says, in a few words.
  public let definition: String
  /// Whether it is a share of 1, to be shown in per cent.
  public let isShare: Bool
  private let read: @Sendable (_ metrics: JSONObject, _ before: JSONObject) -> Double?

  /// A figure that `value` reads from a record's members, and where it compares with the unedited model, from those of
  /// that; nil for a record that has none.
  init(
    _ name: String, publishedName: String? = nil, definition: String, isShare: Bool = true,
    value: @escaping @Sendable (_ metrics: JSONObject, _ before: JSONObject) -> Double?
  ) {
    self.name = name
    self.publishedName = publishedName
    self.definition = definition
    self.isShare = isShare
    read = value
  }

  /// The figure of one record, of what was measured and what had been measured of the unedited model.
  func value(of metrics: JSONObject, before: JSONObject) -> Double? { read(metrics, before) }
}

extension RecordFigure {
  /// The figures of CounterFact records.
  static let counterFact: [RecordFigure] = CounterFactMetric.allCases.map { metric in
    RecordFigure(metric.rawValue, publishedName: metric.publishedName, definition: metric.definition) {
      metrics, _ in CounterFactMetrics(metrics).flatMap(metric.value(of:))
    }
  }

  /// The figures of zsRE records.
  static let zsRE: [RecordFigure] = [
    RecordFigure(
      "rewrite_accuracy", publishedName: "rewrite_acc", definition: "target's tokens said at the question"
    ) { metrics, _ in share(metrics["rewrite_prompts_correct"]) },
    RecordFigure(
      "paraphrase_accuracy", publishedName: "paraphrase_acc",
      definition: "target's tokens said at the rephrasing"
    ) { metrics, _ in share(metrics["paraphrase_prompts_correct"]) },
    RecordFigure(
      "neighborhood_accuracy", publishedName: "neighborhood_acc",
      definition: "gold answer's tokens said at another question"
    ) { metrics, _ in share(metrics["neighborhood_prompts_correct"]) },
    RecordFigure(
      "neighborhood_agreement", definition: "tokens there as the unedited model says them"
    ) { metrics, before in
      guard let now = metrics[localityTokens]?.array, let then = before[localityTokens]?.array,
        now.count == then.count, !now.isEmpty
      else { return nil }
      return Double(zip(now, then).count { $0 == $1 }) / Double(now.count)
    },
  ]

  /// Where the most likely tokens at the question about something else are.
  static let localityTokens = "neighborhood_prompts_tokens"

  /// The figures of greedy continuations.
  static let freeGeneration: [RecordFigure] = [
    RecordFigure(
      "free_rewrite_success", definition: "writes the new target at the edit prompt"
    ) { metrics, _ in share(metrics["rewrite_prompts_said"]) },
    RecordFigure(
      "free_paraphrase_success", definition: "writes the new target at paraphrases"
    ) { metrics, _ in share(metrics["paraphrase_prompts_said"]) },
  ]

  /// The figures of generated texts.
  static let texts: [RecordFigure] = [
    RecordFigure(
      "fluency", publishedName: "ngram_entropy", definition: "n-gram entropy of generated text, × 100"
    ) { metrics, _ in metrics["ngram_entropy"]?.double },
    RecordFigure(
      "consistency", publishedName: "reference_score", definition: "TF-IDF cosine with reference texts"
    ) { metrics, _ in metrics["reference_score"]?.double },
    RecordFigure(
      "essence", publishedName: "essence_score", definition: "perplexity of texts about the subject",
      isShare: false
    ) { metrics, _ in metrics["essence_score"]?.double },
  ]

  /// The share of a list of booleans that is true; nil without any.
  private static func share(_ list: JSON?) -> Double? {
    guard let answers = list?.array?.compactMap(\.bool), !answers.isEmpty else { return nil }
    return Double(answers.count { $0 }) / Double(answers.count)
  }
}
