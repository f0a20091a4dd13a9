import StrictJSON
import Testing

@testable import Experiments

/// What the metrics are, and their means, by hand.
struct CounterFactSummaryTests {
  private let likely = PromptScore(targetNew: 0.1, targetTrue: 3, isCorrect: true)
  private let unlikely = PromptScore(targetNew: 3, targetTrue: 0.1, isCorrect: false)
  private let even = PromptScore(targetNew: 1, targetTrue: 1, isCorrect: false)

  @Test func `success compares probabilities, accuracy asks what is said`() {
    let said = PromptScore(targetNew: 2, targetTrue: 3, isCorrect: false)
    let metrics = CounterFactMetrics(
      rewrite: [said], paraphrase: [likely, unlikely], neighborhood: [unlikely, even])
    #expect(CounterFactMetric.efficacy.value(of: metrics) == 1)
    #expect(CounterFactMetric.rewriteAccuracy.value(of: metrics) == 0)
    #expect(CounterFactMetric.generalization.value(of: metrics) == 0.5)
    #expect(CounterFactMetric.paraphraseAccuracy.value(of: metrics) == 0.5)
    // Equal probabilities are a success of neither answer.
    #expect(CounterFactMetric.specificity.value(of: metrics) == 0.5)
    #expect(CounterFactMetric.neighborhoodAccuracy.value(of: metrics) == 0)
  }

  @Test func `a record counts once, however many prompts it has`() {
    let one = CounterFactMetrics(rewrite: [likely], paraphrase: [likely], neighborhood: [])
    let other = CounterFactMetrics(
      rewrite: [unlikely], paraphrase: [unlikely, unlikely, unlikely], neighborhood: [unlikely])
    let summary = CounterFactSummary([one, other])
    #expect(summary.recordCount == 2)
    #expect(summary.efficacy == 0.5)
    #expect(summary.generalization == 0.5)
    #expect(summary[.generalization]?.standardDeviation == 0.5)
    #expect(summary.specificity == 1)
    #expect(summary[.specificity]?.recordCount == 1)
  }

  @Test func `metrics without prompts are absent`() {
    let summary = CounterFactSummary([CounterFactMetrics(rewrite: [likely], paraphrase: [], neighborhood: [])]
    )
    #expect(summary.generalization == nil)
    #expect(summary.score == nil)
    #expect(summary.json["generalization"]?.isNull == true)
    #expect(summary.published(stage: "post")["post_paraphrase_success"] == nil)
  }

  @Test func `the published summary is in per cent, rounded to two digits`() {
    let good = CounterFactMetrics(rewrite: [likely], paraphrase: [likely], neighborhood: [unlikely])
    let bad = CounterFactMetrics(rewrite: [unlikely], paraphrase: [likely], neighborhood: [unlikely])
    let summary = CounterFactSummary([good, good, bad])
    let published = summary.published(stage: "post")
    #expect(published["post_rewrite_success"] == [JSON(66.67), JSON(47.14)])
    #expect(published["post_rewrite_acc"] == [JSON(66.67), JSON(47.14)])
    #expect(published["post_neighborhood_success"]?.array?.first?.double == 100)
    #expect(abs((summary.score ?? 0) - 3 / (1 / 66.67 + 2 / 100)) < 1e-9)
    #expect(CounterFactSummary([bad]).score == 0)
  }

  @Test func `metrics are written under the published keys`() throws {
    let metrics = CounterFactMetrics(rewrite: [likely], paraphrase: [], neighborhood: [unlikely])
    #expect(
      metrics.json.object?.keys == [
        "rewrite_prompts_probs", "paraphrase_prompts_probs", "neighborhood_prompts_probs",
        "rewrite_prompts_correct", "paraphrase_prompts_correct", "neighborhood_prompts_correct",
      ])
    #expect(
      metrics.json["rewrite_prompts_probs"] == [["target_new": JSON(0.1), "target_true": JSON(3.0)]])
    #expect(metrics.json["neighborhood_prompts_correct"] == [false])
  }
}
