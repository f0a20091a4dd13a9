import Testing

@testable import Reports

@Suite struct ThinningTests {
  @Test func elementsKeepBothEnds() {
    #expect(Array(0..<1_000).evenlyThinned(to: 4) == [0, 333, 666, 999])
    #expect([1, 2].evenlyThinned(to: 4) == [1, 2])
    #expect([Int]().evenlyThinned(to: 4).isEmpty)
  }

  @Test func linesKeepTheirExtremes() {
    var points = (0..<14_336).map { ChartPoint(Double($0), 0) }
    points[7_001].y = 9
    points[7_002].y = -9
    let thinned = points.thinned(to: 1_000)
    #expect(thinned.count <= 1_000)
    #expect(thinned.contains(points[7_001]))
    #expect(thinned.contains(points[7_002]))
    #expect(thinned.map(\.x) == thinned.map(\.x).sorted())
  }

  @Test func gapsRemain() {
    let points = (0..<4_000).map { ChartPoint(Double($0), (1_000..<2_000).contains($0) ? .nan : 1) }
    let thinned = points.thinned(to: 100)
    #expect(thinned.contains { !$0.isPlottable })
    #expect(thinned.filter(\.isPlottable).allSatisfy { !(1_000..<2_000).contains(Int($0.x)) })
  }

  @Test func densityIntegratesToOne() {
    let values = (0..<500).map { Double($0 % 50) / 10 }
    let density = Density(of: values, from: -5, to: 10)
    let step = 15 / Double(density.positions.count - 1)
    #expect(abs(density.heights.reduce(0, +) * step - 1) < 0.01)
    #expect(Density(of: [], from: 0, to: 1).heights.isEmpty)
    #expect(Density(of: [1, 1], from: 0, to: 2).heights.allSatisfy { $0.isFinite })
  }
}
