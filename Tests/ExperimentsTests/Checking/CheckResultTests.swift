import Testing

@testable import Experiments

/// What becomes of a figure beside its bound.
struct CheckResultTests {
  private func share(_ edited: Double, bound: Double) -> CheckResult {
    CheckResult(
      .said, base: 0, edited: edited, distance: 1 - edited, tolerance: 1 - bound, bound: bound, message: "",
      details: ["one"])
  }

  @Test func `half of the way to the bound passes, and the bound itself warns`() {
    #expect(share(1, bound: 0.9).verdict == .pass)
    #expect(share(0.95, bound: 0.9).verdict == .pass)
    #expect(share(0.949, bound: 0.9).verdict == .warn)
    #expect(share(0.9, bound: 0.9).verdict == .warn)
    #expect(share(0.899, bound: 0.9).verdict == .fail)
  }

  @Test func `what is no number fails`() {
    #expect(share(.nan, bound: 0).verdict == .fail)
    let growth = CheckResult(
      .perplexity, base: 1, edited: .infinity, distance: .infinity, tolerance: 9, bound: 9, message: "")
    #expect(growth.verdict == .fail && growth.boundText == "≤ base + 900.0 %")
  }

  @Test func `an improvement passes whatever the bound`() {
    let better = CheckResult(
      .ability, base: 0.4, edited: 0.6, distance: -0.2, tolerance: 0, bound: 0, message: "")
    #expect(better.verdict == .pass)
  }

  @Test func `of many details the first are kept`() {
    let result = CheckResult(.tensors, .fail, "many", details: (0..<50).map { "\($0)" })
    #expect(result.details.count == CheckResult.detailLimit + 1 && result.details.last == "and 30 more")
    #expect(share(1, bound: 0.9).details.isEmpty && !share(0.9, bound: 0.9).details.isEmpty)
  }

  @Test func `bounds out of range are refused`() throws {
    try CheckBounds().check()
    for change: (inout CheckBounds) -> Void in [
      { $0.said = 1.1 }, { $0.normRatio = 0.9 }, { $0.perplexityGrowth = .nan }, { $0.abilityLoss = -0.1 },
    ] {
      var bounds = CheckBounds()
      change(&bounds)
      #expect(throws: CheckError.self) { try bounds.check() }
    }
  }
}
