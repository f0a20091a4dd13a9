/// A mean over the cases of a run, by its published name and in the published unit.
public struct SummaryFigure: Sendable, Equatable {
  /// The published name: `post_rewrite_success`, `time`.
  public let name: String
  /// This project's name of it: `efficacy`.
  public let ownName: String
  /// What is measured.
  public let definition: String
  /// The mean: in per cent, rounded to two digits, for everything but `time`, `essence_score` and figures that the
  /// published summary does not know and that are no shares.
  public let mean: Double
  /// The population standard deviation, in the same unit; nil for the score, which is made of means.
  public let standardDeviation: Double?
  /// How many cases the mean is taken over.
  public let caseCount: Int
}

extension SummaryFigure {
  private typealias Description = (name: String, ownName: String, definition: String, isPercentage: Bool)

  /// Figures made of text that the model writes: the published ones in their order, then those that only this project's
  /// result files have.
  private static let textFigures: [Description] = [
    ("ngram_entropy", "fluency", "entropy of 2- and 3-grams of generated text, bits × 100", true),
    ("reference_score", "consistency", "TF-IDF cosine of generated and reference text × 100", true),
    ("essence_score", "essence", "perplexity of texts about the subject", false),
    (
      "rewrite_prompts_said", "free_rewrite_success", "writes the new target by itself at the edit prompt",
      true
    ),
    (
      "paraphrase_prompts_said", "free_paraphrase_success", "writes the new target by itself at paraphrases",
      true
    ),
  ]

  /// The figures of one stage in the published order, then those that the published summary does not know; and remarks on
  /// values that are no numbers.
  static func figures(
    _ stage: SummaryStage, of cases: [RecordedCase]
  ) -> (figures: [SummaryFigure], warnings: [String]) {
    let stages = cases.compactMap { $0[stage] }
    var figures: [SummaryFigure] = []
    var warnings: [String] = []
    func add(_ name: String, _ ownName: String, _ definition: String, _ values: [Double], percent: Bool) {
      let name = "\(stage.rawValue)_\(name)"
      let statistic = CounterFactSummary.Statistic(values)
      if let missing = missing(statistic, of: values.count, name) { warnings.append(missing) }
      guard let statistic else { return }
      figures.append(
        SummaryFigure(name: name, ownName: ownName, definition: definition, statistic, isPercentage: percent))
    }
    for metric in CounterFactMetric.allCases {
      // Without scores to compare, as zsRE's results are, accuracy is a share of an answer's tokens.
      let isByToken = metric.isAccuracy && !stages.contains { $0.has(.efficacy) }
      add(
        metric.publishedName, metric.rawValue, isByToken ? metric.definitionByToken : metric.definition,
        stages.compactMap { $0.value(metric) }, percent: true)
    }
    if let score = score(stage, stages) { figures.append(score) }
    for figure in textFigures {
      let values = stages.compactMap { $0.others[figure.name]?.value }
      add(figure.name, figure.ownName, figure.definition, values, percent: figure.isPercentage)
    }
    let known = Set(textFigures.map(\.name))
    for name in Set(stages.flatMap { $0.others.keys }).subtracting(known).sorted() {
      let values = stages.compactMap { $0.others[name] }
      let isShare = values.contains(where: \.isShare)
      add(
        name, name, isShare ? "share that holds" : "as the files have it", values.map(\.value),
        percent: isShare)
    }
    return (figures, warnings)
  }

  /// Seconds that editing took.
  static func time(of cases: [RecordedCase]) -> SummaryFigure? {
    CounterFactSummary.Statistic(cases.compactMap(\.seconds)).map {
      SummaryFigure(
        name: "time", ownName: "seconds", definition: "seconds for a batch of edits", $0, isPercentage: false)
    }
  }

  private init(
    name: String, ownName: String, definition: String, _ statistic: CounterFactSummary.Statistic,
    isPercentage: Bool
  ) {
    (self.name, self.ownName, self.definition) = (name, ownName, definition)
    let value =
      isPercentage ? statistic.percentage : (statistic.mean, statistic.standardDeviation)
    (mean, standardDeviation) = value
    caseCount = statistic.recordCount
  }

  private static func score(_ stage: SummaryStage, _ stages: [RecordedCase.Stage]) -> SummaryFigure? {
    let parts = [CounterFactMetric.efficacy, .generalization, .specificity].map { metric in
      CounterFactSummary.Statistic(stages.compactMap { $0.value(metric) })
    }
    guard let score = CounterFactSummary.score(of: parts) else { return nil }
    return SummaryFigure(
      name: "\(stage.rawValue)_score", ownName: "score",
      definition: "harmonic mean of efficacy, generalization, specificity", mean: score,
      standardDeviation: nil, caseCount: parts.compactMap { $0?.recordCount }.min() ?? 0)
  }

  private static func missing(
    _ statistic: CounterFactSummary.Statistic?, of count: Int, _ name: String
  ) -> String? {
    let missing = count - (statistic?.recordCount ?? 0)
    return missing > 0 ? "\(name): \(missing) of \(count) cases have no number there; left out" : nil
  }
}

extension CounterFactMetric {
  fileprivate var isAccuracy: Bool { publishedName.hasSuffix("_acc") }

  fileprivate var definitionByToken: String {
    switch self {
    case .rewriteAccuracy: "share of the target's tokens said at the edit prompt"
    case .paraphraseAccuracy: "share of the target's tokens said at paraphrases"
    case .neighborhoodAccuracy: "share of the true answer's tokens said at neighbours"
    default: definition
    }
  }
}
