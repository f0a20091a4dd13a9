import Testing

@testable import Experiments

/// Scores against scikit-learn's formulas, worked out by hand.
struct ClassificationScoreTests {
  @Test func `an invalid prediction counts against the class it misses`() {
    let score = ClassificationScore(labels: [1, 1, 0, 0], predictions: [1, 0, 0, nil])
    #expect([score.correct, score.incorrect, score.invalid, score.total] == [2, 1, 1, 4])
    #expect(score.accuracy == 0.5)
    // Class 1: TP 1, FN 1, F1 2/3. Class 0: TP 1, FP 1, FN 1, F1 1/2. Each is right twice.
    #expect(abs(score.weightedF1 - 7.0 / 12) < 1e-15)
    // (2·4 − (2·1 + 2·2)) / √((16 − (1 + 4 + 1)) · (16 − (4 + 4)))
    #expect(abs(score.matthewsCorrelation - 2 / 80.0.squareRoot()) < 1e-15)
  }

  @Test func `four classes`() {
    let score = ClassificationScore(labels: [0, 1, 2, 3, 0, 1], predictions: [0, 1, 2, 0, 1, 1])
    // F1 1/2, 4/5, 1 and 0, weighted 2, 2, 1 and 1.
    #expect(abs(score.weightedF1 - 0.6) < 1e-15)
    // (4·6 − (2·2 + 2·3 + 1·1)) / √((36 − (4 + 9 + 1)) · (36 − (4 + 4 + 1 + 1)))
    #expect(abs(score.matthewsCorrelation - 13 / 572.0.squareRoot()) < 1e-15)
  }

  @Test func `right and wrong throughout`() {
    let right = ClassificationScore(labels: [0, 1, 1, 0], predictions: [0, 1, 1, 0])
    #expect(right.weightedF1 == 1 && right.matthewsCorrelation == 1 && right.accuracy == 1)
    let inverted = ClassificationScore(labels: [0, 1, 1, 0], predictions: [1, 0, 0, 1])
    #expect(inverted.weightedF1 == 0 && inverted.matthewsCorrelation == -1 && inverted.incorrect == 4)
  }

  @Test func `one class, no valid prediction, and nothing at all`() {
    let single = ClassificationScore(labels: [1, 1], predictions: [1, 1])
    #expect(single.weightedF1 == 1 && single.matthewsCorrelation == 0)
    let constant = ClassificationScore(labels: [1, 0, 1], predictions: [1, 1, 1])
    // Class 1: TP 2, FP 1, F1 4/5; class 0 never predicted.
    #expect(abs(constant.weightedF1 - 1.6 / 3) < 1e-15 && constant.matthewsCorrelation == 0)
    let invalid = ClassificationScore(labels: [1, 0], predictions: [nil, nil])
    #expect(invalid.weightedF1 == 0 && invalid.matthewsCorrelation == 0 && invalid.invalid == 2)
    let empty = ClassificationScore(labels: [], predictions: [])
    #expect(empty.accuracy == 0 && empty.weightedF1 == 0 && empty.matthewsCorrelation == 0)
  }
}
