import StrictJSON

/// Means of the metrics of many records.
///
/// As published: each record counts once, however many prompts it has. A record without prompts of some kind does not
/// count in the metrics of that kind.
public struct CounterFactSummary: Sendable, Equatable {
  /// A metric over records.
  public struct Statistic: Sendable, Equatable {
    /// The mean.
    public var mean: Double
    /// The population standard deviation.
    public var standardDeviation: Double
    /// How many records it is taken over.
    public var recordCount: Int
  }

  /// How many records there are.
  public let recordCount: Int
  private let statistics: [CounterFactMetric: Statistic]

  /// The means of `metrics`, one element a record.
  public init(_ metrics: [CounterFactMetrics]) {
    recordCount = metrics.count
    var statistics: [CounterFactMetric: Statistic] = [:]
    for metric in CounterFactMetric.allCases {
      statistics[metric] = Statistic(metrics.compactMap(metric.value(of:)))
    }
    self.statistics = statistics
  }

  /// A metric; nil where no record has prompts for it.
  public subscript(metric: CounterFactMetric) -> Statistic? { statistics[metric] }

  /// The mean share of records at whose own prompt the new target is likelier than the one that was true.
  public var efficacy: Double? { self[.efficacy]?.mean }
  /// The same at paraphrases.
  public var generalization: Double? { self[.generalization]?.mean }
  /// The mean share of prompts about other subjects at which the target that was true is likelier than the new one.
  public var specificity: Double? { self[.specificity]?.mean }
  /// The mean share of records at whose own prompt the model says the new target.
  public var rewriteAccuracy: Double? { self[.rewriteAccuracy]?.mean }
  /// The same at paraphrases.
  public var paraphraseAccuracy: Double? { self[.paraphraseAccuracy]?.mean }
  /// The mean share of prompts about other subjects at which the model says the target that was true.
  public var neighborhoodAccuracy: Double? { self[.neighborhoodAccuracy]?.mean }

  /// The published `score`: the harmonic mean of efficacy, generalization and specificity, of their percentages
  /// rounded to two digits; nil where one is missing.
  public var score: Double? { Self.score(of: [self[.efficacy], self[.generalization], self[.specificity]]) }

  /// The harmonic mean of the percentages, rounded to two digits, of `parts`; nil where one is missing.
  static func score(of parts: [Statistic?]) -> Double? {
    let means = parts.compactMap { $0?.percentage.mean }
    guard !means.isEmpty, means.count == parts.count else { return nil }
    return means.contains(0) ? 0 : Double(means.count) / means.reduce(0) { $0 + 1 / $1 }
  }

  /// Means and standard deviations by this project's names, as shares of 1.
  public var json: JSON {
    var members: [JSONObject.Member] = [("num_cases", JSON(recordCount))]
    members += CounterFactMetric.allCases.map { metric in
      let value: JSON =
        self[metric].map { ["mean": JSON($0.mean), "std": JSON($0.standardDeviation)] } ?? .null
      return (JSONString(metric.rawValue), value)
    }
    return .object(JSONObject(members))
  }

  /// As the published summary has it: `[mean, standard deviation]` in per cent, rounded to two digits, by its names.
  ///
  /// - Parameter stage: `pre` or `post`.
  public func published(stage: String) -> JSON {
    var members: [JSONObject.Member] = CounterFactMetric.allCases.compactMap { metric in
      self[metric].map { statistic in
        let (mean, deviation) = statistic.percentage
        return (JSONString("\(stage)_\(metric.publishedName)"), [JSON(mean), JSON(deviation)])
      }
    }
    if let score { members.append((JSONString("\(stage)_score"), [JSON(score), .null])) }
    return .object(JSONObject(members))
  }
}

extension CounterFactSummary.Statistic {
  /// The statistic of those of some values that are numbers; nil of none.
  init?(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    self.init(mean: mean, standardDeviation: variance.squareRoot(), recordCount: values.count)
  }

  /// In per cent, rounded to two digits.
  var percentage: (mean: Double, standardDeviation: Double) {
    func rounded(_ share: Double) -> Double { (share * 100 * 100).rounded(.toNearestOrEven) / 100 }
    return (rounded(mean), rounded(standardDeviation))
  }
}
