import Testing

@testable import Reports

@Suite struct ChartTests {
  @Test func smallLineChart() throws {
    var chart = LineChart(
      title: "Efficacy", yTitle: "%", series: [ChartSeries("a", [ChartPoint(0, 0), ChartPoint(10, 100)])])
    chart.yRange = 0...100
    let source = chart.figure(id: "x").drawing.source
    #expect(
      source.hasPrefix(
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 440 276" \
        aria-labelledby="x-title x-description"><title id="x-title">Efficacy</title>\
        <desc id="x-description">% over edits made: a from 0 to 100.</desc>
        """))
    #expect(
      source.hasSuffix(
        """
        <g class="series" style="--c:var(--c1)"><path class="line" d="M34.4 234L430 30"><title>a</title></path>\
        <path class="point" d="M31.8 234a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0z">\
        <title>a · edits made 0: 0</title></path>\
        <path class="point" d="M427.4 30a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0z">\
        <title>a · edits made 10: 100</title></path></g></svg>
        """))
    #expect(flaw(in: source) == nil)
  }

  @Test func aMissingValueIsAGap() {
    let points = [1.0, 2, .nan, 3, .infinity, 4, 5].enumerated().map { ChartPoint(Double($0), $1) }
    let figure = LineChart(title: "t", yTitle: "y", series: [ChartSeries("a", points)]).figure(id: "x")
    let line = figure.drawing.source.firstMatch(of: /class="line" d="([^"]*)"/)
    #expect(line?.1.filter { $0 == "M" }.count == 3)
    #expect(line?.1.filter { $0 == "h" }.count == 1)
    #expect(figure.notes == ["2 values are not finite or have no place on the scale and are left out."])
  }

  @Test func theScaleFollowsTheValues() {
    func ticks(_ values: [Double]) -> String {
      LineChart.perplexity(values.enumerated().map { ChartPoint(Double($0), $1) }).figure(id: "x").drawing
        .source
    }
    #expect(ticks([24, 1e5, 1e9]).contains(">10⁶<"))
    #expect(!ticks([24, 30, 40]).contains(">10"))
    #expect(!ticks([0, 24, 1e9]).contains(">10⁻"))
  }

  @Test func aPointBeyondTheRangeWidensIt() {
    func source(_ values: [Double]) -> String {
      LineChart.retention(
        "m", cohorts: [ChartSeries("a", values.enumerated().map { ChartPoint(Double($0 + 1), $1) })]
      ).figure(id: "x").drawing.source
    }
    #expect(!source([0, 50, 100]).contains(">−"))
    #expect(source([20, -35]).contains(">−40<"))
    #expect(source([20, 130]).contains(">140<"))
  }

  @Test func anAxisOfEditsBeginsAtZeroWhereThatIsNear() {
    func source(_ first: Double) -> String {
      LineChart.retention("m", cohorts: [ChartSeries("a", [ChartPoint(first, 1), ChartPoint(200, 1)])])
        .figure(id: "x").drawing.source
    }
    // The other zero is the vertical axis's.
    #expect(source(50).ranges(of: ">0</text>").count == 2)
    #expect(source(150).ranges(of: ">0</text>").count == 1)
  }

  @Test(arguments: [
    [], [ChartSeries("none", [])], [ChartSeries("nan", [ChartPoint(.nan, 1), ChartPoint(0, .infinity)])],
    [ChartSeries("huge", [ChartPoint(0, 1e300)])],
  ])
  func withoutPointsItSaysSo(_ series: [ChartSeries]) {
    let line = LineChart(title: "t", yTitle: "y", series: series).figure(id: "x").drawing.source
    let scatter = ScatterChart(title: "t", clouds: series).figure(id: "y").drawing.source
    for source in [line, scatter] {
      #expect(source.contains("no data"))
      #expect(flaw(in: source) == nil)
    }
  }

  @Test func aSpectrumIsThinnedAndCut() {
    let falling = (1...14_336).map { (rank: Int) -> Double in 1e3 / Double(rank * rank) }
    let eigenvalues: [Double] = falling + [0, -1e-9, .nan]
    let chart = SpectrumChart(
      title: "Layer 5", eigenvalues: eigenvalues, threshold: 1e-4, nullSpaceDimension: 11_177)
    let figure = chart.figure(id: "x")
    let source = figure.drawing.source
    #expect(source.utf8.count < 20_000)
    #expect(source.contains("threshold 0.0001"))
    #expect(source.contains("null space: 11,177"))
    #expect(
      figure.notes == [
        "Null space: 11,177 of 14,339 dimensions (77.9 %).",
        "Not drawn, as zero up to rounding or not finite: 3.",
      ])
    #expect(figure.data?.rows.first == ["1", "1,000"])
    #expect(flaw(in: source) == nil)
  }

  @Test(
    arguments: [
      ([], 1, 3), ([0, 0], 0, 2), ([-1, .nan], .nan, -4), ([5], .infinity, 99), ([1e-300], -1, nil),
      ([1e300, 1], 1e-200, 1),
    ] as [([Double], Double, Int?)])
  func degenerateSpectra(_ eigenvalues: [Double], threshold: Double, dimension: Int?) {
    let chart = SpectrumChart(
      title: "t", eigenvalues: eigenvalues, threshold: threshold, nullSpaceDimension: dimension)
    #expect(flaw(in: chart.figure(id: "x").drawing.source) == nil)
  }

  @Test func cloudsHaveDensitiesAndMeans() {
    let before = (0..<5_000).map { ChartPoint(Double($0 % 70), Double($0 % 31)) }
    let chart = ScatterChart.drift(layer: 8, before: before, after: [ChartPoint(3, 4), ChartPoint(.nan, 1)])
    let figure = chart.figure(id: "x")
    #expect(figure.drawing.source.occurrences(of: "class=\"density\"") == 4)
    #expect(figure.drawing.source.occurrences(of: "class=\"mean\"") == 2)
    #expect(figure.drawing.source.utf8.count < 200_000)
    #expect(figure.notes.count == 2)
    #expect(figure.data?.rows[1] == ["after editing", "1", "3", "4", "0", "0"])
    #expect(flaw(in: figure.drawing.source) == nil)
  }

  @Test func orderedLinesRunAlongTheRamp() {
    #expect(Appearance.ordered(0, of: 3).colour.contains("var(--ramp-middle) 0%, var(--ramp-first)"))
    #expect(Appearance.ordered(1, of: 3).colour.contains("var(--ramp-middle) 100%, var(--ramp-first)"))
    #expect(Appearance.ordered(2, of: 3).colour.contains("var(--ramp-last) 100%, var(--ramp-middle)"))
    #expect(Appearance.distinct(8).colour == "var(--c1)")
    #expect(Appearance.distinct(8).isDashed)
  }
}
