/// A mean over the cases of a run, by its name in files and in the published unit.
public struct SummaryFigure: Sendable, Equatable {
  /// The name in files, as published where ``isPublished``: `post_rewrite_success`, `time`.
  public let name: String
  /// Whether the published summary has it.
  public let isPublished: Bool
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
  private struct Description {
    let name: String
    let ownName: String
    let definition: String
    var isPercentage = true
    var isPublished = true
  }

  /// Figures made of text that the model writes: the published ones in their order, then those that only this project's
  /// result files have.
  private static let textFigures: [Description] = [
    Description(
      name: "ngram_entropy", ownName: "fluency",
      definition: "entropy of 2- and 3-grams of generated text, bits × 100"),
    Description(
      name: "reference_score", ownName: "consistency",
      definition: "TF-IDF cosine of generated and reference text × 100"),
    Description(
      name: "essence_score", ownName: "essence", definition: "perplexity of texts about the subject",
      isPercentage: false),
    Description(
      name: "rewrite_prompts_said", ownName: "free_rewrite_success",
      definition: "writes the new target by itself at the edit prompt", isPublished: false),
    Description(
      name: "paraphrase_prompts_said", ownName: "free_paraphrase_success",
      definition: "writes the new target by itself at paraphrases", isPublished: false),
  ]

  /// The figures of one stage in the published order, then those that the published summary does not know; and remarks on
  /// values that are no numbers.
  static func figures(
    _ stage: SummaryStage, of cases: [RecordedCase]
  ) -> (figures: [SummaryFigure], warnings: [String]) {
    let stages = cases.compactMap { $0[stage] }
    var figures: [SummaryFigure] = []
    var warnings: [String] = []
    func add(_ description: Description, _ values: [Double]) {
      let name = "\(stage.rawValue)_\(description.name)"
      let statistic = CounterFactSummary.Statistic(values)
      if let missing = missing(statistic, of: values.count, name) { warnings.append(missing) }
      guard let statistic else { return }
      figures.append(SummaryFigure(description, name: name, statistic))
    }
    for metric in CounterFactMetric.allCases {
      // Without scores to compare, as zsRE's results are, accuracy is a share of an answer's tokens.
      let isByToken = metric.isAccuracy && !stages.contains { $0.has(.efficacy) }
      add(
        Description(
          name: metric.publishedName, ownName: metric.rawValue,
          definition: isByToken ? metric.definitionByToken : metric.definition),
        stages.compactMap { $0.value(metric) })
    }
    if let score = score(stage, stages) { figures.append(score) }
    for figure in textFigures {
      add(figure, stages.compactMap { $0.others[figure.name]?.value })
    }
    let known = Set(textFigures.map(\.name))
    for name in Set(stages.flatMap { $0.others.keys }).subtracting(known).sorted() {
      let values = stages.compactMap { $0.others[name] }
      let isShare = values.contains(where: \.isShare)
      add(
        Description(
          name: name, ownName: name, definition: isShare ? "share that holds" : "as the files have it",
          isPercentage: isShare, isPublished: false),
        values.map(\.value))
    }
    return (figures, warnings)
  }

  /// Seconds that editing took.
  static func time(of cases: [RecordedCase]) -> SummaryFigure? {
    CounterFactSummary.Statistic(cases.compactMap(\.seconds)).map {
      SummaryFigure(
        Description(
          name: "time", ownName: "seconds", definition: "seconds for a batch of edits", isPercentage: false),
        name: "time", $0)
    }
  }

  private init(_ description: Description, name: String, _ statistic: CounterFactSummary.Statistic) {
    (self.name, isPublished) = (name, description.isPublished)
    (ownName, definition) = (description.ownName, description.definition)
    let value =
      description.isPercentage ? statistic.percentage : (statistic.mean, statistic.standardDeviation)
    (mean, standardDeviation) = value
    caseCount = statistic.recordCount
  }

  private static func score(_ stage: SummaryStage, _ stages: [RecordedCase.Stage]) -> SummaryFigure? {
    let parts = [CounterFactMetric.efficacy, .generalization, .specificity].map { metric in
      CounterFactSummary.Statistic(stages.compactMap { $0.value(metric) })
    }
    guard let score = CounterFactSummary.score(of: parts) else { return nil }
    return SummaryFigure(
      name: "\(stage.rawValue)_score", isPublished: true, ownName: "score",
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
