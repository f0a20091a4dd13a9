import Foundation
import LanguageModels
import Testing
import TestSupport
import Torch

@testable import KnowledgeEditing

/// How an edit is cut up for memory.
@Suite struct EditMemoryPlanTests {
  private func needs(
    _ kept: EditMemoryNeeds.Kept = .nullSpace, factCount: Int = 100, bytesPerFact: Int? = 1_000_000
  ) throws -> EditMemoryNeeds {
    EditMemoryNeeds(
      model: try StatisticsSetUp().model, dtype: .float32, layerCount: 3, kept: kept,
      collectsStatistics: true,
      factCount: factCount, keepsWeights: false, bytesPerFact: bytesPerFact)
  }

  @Test("With room enough, all layers go in one pass and as many facts together as pay")
  func roomy() throws {
    let plan = try EditMemoryPlan(needs(), within: .automatic, available: nil)
    #expect(plan.layersPerPass == 3 && plan.factsAtOnce == 32)
    #expect(plan.peak <= plan.allowed && plan.allowed == MemoryAllowance.usual)
    #expect(plan.phases.map(\.name) == ["key statistics", "preservation", "editing"])
    #expect(try EditMemoryPlan(needs(factCount: 5), within: .automatic, available: nil).factsAtOnce == 5)
  }

  @Test("Less room means fewer facts together, and more passes over the corpus")
  func tight() throws {
    let needs = try needs()
    let kept = needs.editing(factsAtOnce: 0).bytes
    let plan = try EditMemoryPlan(needs, within: .bytes(kept + 7_500_000), available: nil)
    #expect(plan.factsAtOnce == 7 && plan.bytesForFacts == 7_500_000)
    #expect(plan.peak <= kept + 7_500_000)
    let model = needs.model
    let two = StatisticsCollector.leastMemory(of: model, layerCount: 2)
    #expect(StatisticsCollector.passes(over: [3, 1, 2], of: model, within: two) == [[1, 2], [3]])
    #expect(StatisticsCollector.passes(over: [3, 1, 2], of: model, within: nil) == [[1, 2, 3]])
    #expect(StatisticsCollector.passes(over: [3, 1], of: model, within: 1) == [[1], [3]])
  }

  @Test("What does not fit is refused with what takes the memory")
  func refused() throws {
    let needs = try needs(bytesPerFact: 50_000_000_000)
    for (allowance, advice) in [
      (MemoryAllowance.bytes(1_000_000_000), "raise --memory"), (.automatic, "--dtype bfloat16"),
    ] {
      let error = #expect(throws: EditRunError.self) {
        try EditMemoryPlan(needs, within: allowance, available: 8_000_000_000)
      }
      let text = error?.description ?? ""
      #expect(text.contains(advice) && text.contains("target values of 1 at once 50.0 GB"), "\(text)")
    }
    // A machine with the room is used beyond the usual.
    let plan = try EditMemoryPlan(needs, within: .automatic, available: 100_000_000_000)
    #expect(plan.allowed > MemoryAllowance.usual && plan.factsAtOnce == 1 && plan.peak <= plan.allowed)
  }

  @Test("Methods are asked for what they keep, and no more")
  func methods() throws {
    let moment = try EditMemoryPlan(needs(.secondMoment), within: .automatic, available: nil)
    let space = try EditMemoryPlan(needs(.nullSpace), within: .automatic, available: nil)
    #expect(moment.phases[2].bytes > space.phases[2].bytes)
    let nothing = try EditMemoryPlan(needs(.nothing, bytesPerFact: nil), within: .automatic, available: nil)
    #expect(nothing.phases.map(\.name) == ["editing"] && nothing.factsAtOnce == 0)
    let few = try EditMemoryPlan(needs(factCount: 100), within: .automatic, available: nil)
    let many = try EditMemoryPlan(needs(factCount: 200), within: .automatic, available: nil)
    #expect(many.phases[2].bytes > few.phases[2].bytes)
  }

  @Test("A plan of Llama-3-8B's shape names gigabytes in words and numbers")
  func description() throws {
    let plan = try EditMemoryPlan(needs(), within: .automatic, available: nil)
    #expect(plan.description.hasSuffix("beside the weights (\(plan.largest.name)), 32 facts at a time"))
    #expect(plan.json["phases"]?.array?.count == 3)
    #expect(plan.json["peak_bytes"]?.int == plan.peak)
  }
}

/// Going on with less where memory runs out.
@Suite struct ChunksTests {
  private static let exhausted = TorchError(
    operation: "matmul", message: "CUDA out of memory. Tried to allocate 2.00 GiB")

  @Test("Half as many elements are taken until they fit, and none twice or not at all")
  func halving() throws {
    var chunks = Chunks(count: 21, size: 16)
    var (done, sizes): ([Int], [Int]) = ([], [])
    try chunks.forEach(onHalving: { sizes.append($0) }) { range in
      if range.count > 4 { throw Self.exhausted }
      done += range
    }
    #expect(done == Array(0..<21) && sizes == [8, 4] && chunks.size == 4)
  }

  @Test("A single element that does not fit, and every other error, end the work")
  func failing() throws {
    var chunks = Chunks(count: 3, size: 2)
    #expect(throws: Self.exhausted) {
      try chunks.forEach(onHalving: { _ in }) { _ in throw Self.exhausted }
    }
    let other = TorchError(operation: "matmul", message: "shapes do not fit")
    var again = Chunks(count: 3, size: 2)
    #expect(throws: other) { try again.forEach(onHalving: { _ in }) { _ in throw other } }
    #expect(again.size == 2)
  }

  @Test("libtorch's own failure to allocate is told from others")
  func real() throws {
    // 2⁵⁰ bytes are more than a process can address.
    let error = #expect(throws: TorchError.self) { try Tensor.zeros([1 << 48]) }
    #expect(error?.isOutOfMemory == true, "\(error?.message ?? "")")
    let shapes = #expect(throws: TorchError.self) { try Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3])) }
    #expect(shapes?.isOutOfMemory == false)
  }
}
