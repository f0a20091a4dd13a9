import KnowledgeEditing
import TestSupport
import Testing
import Torch

@testable import Experiments

/// The benchmarks themselves, at sizes that take no time.
struct BenchmarkSuiteTests {
  private let small: SmallModel
  private let facts: [Fact]
  private let records: [CounterFactRecord]

  init() throws {
    small = try SmallModel()
    let file = Package.llamaTiny.appendingPathComponent("facts.json")
    facts = Array(try FactFile.read(file).prefix(3))
    records = try FactFile.records(file, limit: 3)
  }

  private func suite(_ architecture: RandomModelShape.Architecture, _ dtype: DType) -> BenchmarkSuite {
    let size = small.model.vocabularySize
    var suite = BenchmarkSuite(
      shape: architecture == .gpt2
        ? .gpt2(blockCount: 3, width: 16, heads: 2, vocabularySize: size)
        : .llama(
          blockCount: 3, width: 16, heads: 2, keyValueHeads: 1, feedForwardWidth: 40, vocabularySize: size,
          tiesHead: true))
    suite.dtype = dtype
    suite.steps = 3
    suite.basisSize = 4
    suite.statisticsTokens = 600
    suite.newTokens = 4
    suite.remembered = 5
    return suite
  }

  @Test(arguments: [
    (RandomModelShape.Architecture.gpt2, DType.float32), (.llama, .bfloat16),
  ])
  func everyPartIsMeasured(architecture: RandomModelShape.Architecture, dtype: DType) throws {
    let report = try suite(architecture, dtype).run(
      Set(BenchmarkPart.allCases), facts: facts, records: records, tokenizer: small.tokenizer)
    #expect(report.parts.map(\.part) == BenchmarkPart.allCases)
    for part in report.parts {
      #expect(part.seconds > 0 && part.floorSeconds > 0 && part.flops > 0 && part.bytes > 0, "\(part)")
      #expect((part.straightforwardSeconds ?? 0) > 0, "\(part)")
    }
    let whole = try #require(report.wholeFact(layers: 2))
    #expect(whole.seconds > report.parts[0].seconds)
    #expect(report.facts == 3 && report.bandwidth > 0 && !report.productRates.isEmpty)
  }

  @Test func onlyWhatIsAskedForIsMeasured() throws {
    var suite = suite(.gpt2, .float32)
    suite.comparesStraightforward = false
    let report = try suite.run(
      [.solve, .generation], facts: facts, records: [], tokenizer: small.tokenizer)
    #expect(report.parts.map(\.part) == [.solve, .generation])
    #expect(report.parts.allSatisfy { $0.straightforwardSeconds == nil && $0.speedup == nil })
    #expect(report.wholeFact(layers: 2) == nil)
  }

  @Test func layersAreThePublishedOnesWhereTheyFit() {
    #expect(BenchmarkSuite(shape: .named(.gpt2XL)).layers == Array(13...17))
    #expect(BenchmarkSuite(shape: .named(.llama8B)).layers == Array(4...8))
    var shape = RandomModelShape.named(.llama8B)
    shape.blockCount = 4
    #expect(BenchmarkSuite(shape: shape).layers == [0, 1, 2])
  }

  @Test func aSecondMomentHasAsManyEigenvaluesAboveAsItShould() throws {
    let c = try SyntheticKeys(width: 60).secondMoment(above: 10, threshold: 0.02)
    let values: [Double] = try c.to(.float64).symmetricEigen().values.array()
    #expect(values.count { $0 >= 0.02 } == 10)
    #expect(values.allSatisfy { $0 < 0.9 * 0.02 || $0 > 1.49 * 0.02 })
    #expect(values.allSatisfy { $0 > 0 } && (values.last ?? 0) > 10)
  }

  @Test func theProjectorIsThatOfTheMatrix() throws {
    var benchmark = ProjectorBenchmark(width: 80)
    benchmark.above = 12
    benchmark.comparesStraightforward = true
    let report = try benchmark.run()
    #expect(report.nullity == 68 && report.expectedNullity == 68)
    #expect(report.orthogonality < 1e-5 && report.residual < 1e-4)
    #expect(report.measurement.speedup != nil)
  }

  @Test func costsAreReportedByHistoryAndByFacts() throws {
    var benchmark = SolveCostBenchmark()
    benchmark.keyWidth = 40
    benchmark.width = 12
    benchmark.basisSize = 4
    benchmark.batchSize = 10
    benchmark.factCount = 105
    benchmark.comparedHistory = 50
    benchmark.comparedSizes = [5, 20]
    let report = try benchmark.run()
    #expect(report.byHistory.map(\.history) == [0, 10, 20, 50, 100])
    #expect(report.byHistory.map(\.facts) == [10, 10, 10, 10, 5])
    #expect(report.byFacts.map(\.facts) == [5, 20] && report.byFacts.allSatisfy { $0.history == 50 })
    let totals = report.byHistory.map(\.totalSeconds)
    #expect(totals == totals.sorted() && totals[0] > 0)
  }

  @Test func exponentsAreSlopesOfLogarithms() throws {
    let points = [10, 100, 200, 500, 1000].map { history in
      SolveCostBenchmark.Point(
        facts: 1, history: history, seconds: history < 100 ? 7 : 1e-6 * Double(history * history),
        floorSeconds: 0, totalSeconds: 0, memory: 0)
    }
    let exponent = try #require(SolveCostBenchmark.Report.exponent(points, \.history))
    #expect(abs(exponent - 2) < 1e-9, "the smallest is no part of it")
    #expect(SolveCostBenchmark.Report.exponent([], \.history) == nil)
    #expect(SolveCostBenchmark.Report.exponent(Array(points.suffix(1)), \.history) == nil)
  }

  @Test func theCPUAgreesWithItself() throws {
    var agreement = DeviceAgreement(device: .cpu)
    agreement.shape = suite(.llama, .float32).shape
    agreement.steps = 3
    let differences = try agreement.run(facts: facts, tokenizer: small.tokenizer)
    #expect(differences.count == 6 && differences.allSatisfy(\.isWithin))
    #expect(differences.filter { $0.dtype == .float32 }.allSatisfy { $0.relative == 0 })
    #expect(differences.filter { $0.dtype == .bfloat16 }.allSatisfy { $0.relative > 0 })
    var far = differences[0]
    far.relative = 2 * far.allowed
    #expect(!far.isWithin)
  }
}
