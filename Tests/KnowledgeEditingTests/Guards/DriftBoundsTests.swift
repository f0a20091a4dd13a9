import Testing

@testable import KnowledgeEditing

/// Which readings of a guard pass its bounds.
struct DriftBoundsTests {
  private func reading(
    perplexity: Double? = 0, norm: Double = 0, asked: Int = 0, kept: Int = 0
  ) -> DriftReading {
    DriftReading(
      batch: 1, factCount: 1, perplexityGrowth: perplexity, tensor: "w", normGrowth: norm, askedCount: asked,
      keptCount: kept)
  }

  private var bounds: DriftBounds {
    var bounds = DriftBounds()
    (bounds.perplexityGrowth, bounds.normGrowth, bounds.factsKept) = (1, 2, 0.5)
    return bounds
  }

  @Test func `a bound is passed by more than it only`() {
    #expect(reading(perplexity: 1, norm: 2, asked: 40, kept: 20).breach(of: bounds) == nil)
    #expect(reading(perplexity: 1.01).breach(of: bounds) == .perplexityGrowth(found: 1.01, bound: 1))
    #expect(reading(norm: 2.01).breach(of: bounds) == .normGrowth(tensor: "w", found: 2.01, bound: 2))
    #expect(reading(asked: 40, kept: 19).breach(of: bounds) == .factsKept(count: 19, of: 40, bound: 0.5))
  }

  @Test func `few facts say nothing`() {
    #expect(reading(asked: 19, kept: 0).breach(of: bounds) == nil)
    #expect(reading(asked: 20, kept: 0).breach(of: bounds) != nil)
    #expect(reading().factsKept == nil)
  }

  @Test func `no bound is no bound, but for numbers that are none`() {
    var none = DriftBounds()
    (none.perplexityGrowth, none.normGrowth, none.factsKept) = (nil, nil, nil)
    #expect(reading(perplexity: 1e9, norm: 1e9, asked: 100, kept: 0).breach(of: none) == nil)
    #expect(reading(norm: .nan).breach(of: none) == .notFinite(what: "“w”"))
    #expect(reading(perplexity: .infinity).breach(of: none) != nil)
    #expect(reading(perplexity: nil).breach(of: none) == nil)
  }

  @Test func `samples are spread evenly and are no larger than asked for`() {
    #expect(Array(0..<10).spread(over: 4) == [0, 2, 5, 7])
    #expect(Array(0..<3).spread(over: 4) == [0, 1, 2])
    #expect([Int]().spread(over: 4) == [])
  }

  @Test(arguments: [Double.nan, 0, -1])
  func `bounds out of range are refused`(bound: Double) {
    var bounds = DriftBounds()
    bounds.perplexityGrowth = bound
    #expect(throws: EditRunError.self) { try bounds.check() }
  }
}
