/// How predicted classes compare with the right ones.
public struct ClassificationScore: Sendable, Equatable {
  /// How many predictions are right.
  public let correct: Int
  /// How many are another class than the right one.
  public let incorrect: Int
  /// How many are no class at all.
  public let invalid: Int
  /// The F1 of each class, weighted by how often the class is right; 0 without predictions.
  ///
  /// As scikit-learn's `f1_score(…, average="weighted")` with −1 for an invalid prediction: it counts against the class
  /// that it misses. F1 is 2·TP / (2·TP + FP + FN).
  public let weightedF1: Double
  /// Matthews' correlation of predictions and right classes, from −1 to 1; 0 where either are all of one class.
  ///
  /// As scikit-learn's `matthews_corrcoef`, with invalid predictions as a class of their own (Gorodkin, 2004): with c
  /// right of s predictions, t_k times class k right and p_k times predicted,
  /// (c·s − Σ t_k·p_k) / √((s² − Σ p_k²)·(s² − Σ t_k²)).
  public let matthewsCorrelation: Double

  /// Compares predictions, nil for an invalid one, with the right classes, in the same order.
  public init(labels: [Int], predictions: [Int?]) {
    // A class of its own that no label can be.
    let invalidClass = (labels.min() ?? 0) - 1
    let pairs = zip(labels, predictions).map { (right: $0, predicted: $1 ?? invalidClass) }
    correct = pairs.count { $0.right == $0.predicted }
    invalid = predictions.count { $0 == nil }
    incorrect = pairs.count - correct - invalid

    let right = Dictionary(grouping: pairs, by: \.right).mapValues(\.count)
    let predicted = Dictionary(grouping: pairs, by: \.predicted).mapValues(\.count)
    let hits = Dictionary(grouping: pairs.filter { $0.right == $0.predicted }, by: \.right).mapValues(\.count)
    let total = Double(pairs.count)
    // 2·TP + FP + FN is how often a class is right and how often it is predicted, together.
    let weighted = right.keys.sorted().reduce(0.0) { sum, label in
      let (support, hit) = (Double(right[label] ?? 0), Double(hits[label] ?? 0))
      return sum + support * 2 * hit / (support + Double(predicted[label] ?? 0))
    }
    weightedF1 = total > 0 ? weighted / total : 0

    let agreement = right.reduce(0.0) { $0 + Double($1.value) * Double(predicted[$1.key] ?? 0) }
    func spread(_ counts: [Int: Int]) -> Double {
      total * total - counts.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let scale = (spread(right) * spread(predicted)).squareRoot()
    matthewsCorrelation = scale > 0 ? (Double(correct) * total - agreement) / scale : 0
  }

  /// How many predictions there are.
  public var total: Int { correct + incorrect + invalid }

  /// The share that is right; 0 without predictions.
  public var accuracy: Double { total > 0 ? Double(correct) / Double(total) : 0 }
}
