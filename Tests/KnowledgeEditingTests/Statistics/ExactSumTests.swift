import Testing
import Torch

@testable import KnowledgeEditing

struct ExactSumTests {
  @Test func `groups are rounded to multiples of two to the minus 26`() throws {
    let sum = try ExactSum(width: 2, device: .cpu)
    let unit = Float(sign: .plus, exponent: -26, significand: 1)
    #expect(try sum.add(Tensor([0.75 * unit, -0.25 * unit, 3, 1 / 3], shape: [2, 2]), count: 5))
    #expect(try sum.units.array(Int.self) == [1, 0, 3 << 26, 22_369_622])
    #expect(try sum.rounded().array(Float.self) == [unit, 0, 3, 22_369_622 * unit])
    #expect(sum.count == 5)
  }

  @Test func `the order of additions does not matter`() throws {
    // In float32, 2²⁴ + 1 + 1 depends on what is added first.
    let values: [Float] = [16_777_216, 1, 1, 0.3, 0.3, 7e-8]
    func sum(of values: [Float]) throws -> [Int] {
      let sum = try ExactSum(width: 1, device: .cpu)
      for value in values { #expect(try sum.add(Tensor([value], shape: [1, 1]), count: 1)) }
      return try sum.units.array()
    }
    let units = try sum(of: values)
    #expect(try sum(of: values.reversed()) == units)
    #expect(try sum(of: values.sorted()) == units)
    #expect(values.reduce(0, +) != values.sorted().reduce(0, +))
  }

  @Test func `sums of parts are the sum of the whole`() throws {
    let generator = try RandomGenerator(seed: 3)
    let groups = try (0..<6).map { _ in try generator.normal([5, 5]) * 1_000 }
    func sum(of groups: ArraySlice<Tensor>) throws -> ExactSum {
      let sum = try ExactSum(width: 5, device: .cpu)
      for group in groups { #expect(try sum.add(group, count: 7)) }
      return sum
    }
    let whole = try sum(of: groups[...])
    let parts = try sum(of: groups[4...])
    let others = try sum(of: groups[..<4])
    #expect(try parts.add(others))
    #expect(parts.count == 42)
    #expect(try parts.units.array(Int.self) == whole.units.array(Int.self))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 1e12])
  func `what cannot be added exactly is refused`(value: Float) throws {
    let sum = try ExactSum(width: 2, device: .cpu)
    #expect(try !sum.add(Tensor([1, value, 1, 1], shape: [2, 2]), count: 1))
    #expect(sum.count == 0)
  }

  @Test func `sums that would overflow together are refused`() throws {
    let large = try Tensor([Float(5e10)], shape: [1, 1])
    let sum = try ExactSum(width: 1, device: .cpu)
    #expect(try sum.add(large, count: 1))
    #expect(try !sum.add(large, count: 1))
    let other = try ExactSum(units: sum.units.clone(), count: 1)
    #expect(try !other.add(sum))
  }
}
