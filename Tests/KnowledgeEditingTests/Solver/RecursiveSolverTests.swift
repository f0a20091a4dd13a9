import Foundation
import Testing
import Torch

@testable import KnowledgeEditing

/// The recursive solver against the published dense system, solved batch after batch by LU.
@Suite struct RecursiveSolverTests {
  static let (n, d, u) = (96, 24, 7)

  /// A second moment with a few large, some middling and many tiny eigenvalues.
  static func secondMoment(_ generator: RandomGenerator) throws -> Tensor {
    let basis = try generator.normal([n, n]).to(.float64).qr().q
    let values = try Tensor((0..<n).map { exp2(-Double($0) / 5) })
    return try basis.matmul((basis * values).transposed())
  }

  /// X of [P(KKᵀ + C) + λI] X = P K Rᵀ, the equation of the published code.
  static func denseDelta(_ p: Tensor, _ c: Tensor, _ k: Tensor, _ r: Tensor, ridge: Double) throws -> Tensor {
    let system = try p.matmul(k.matmul(k.transposed()) + c) + Tensor.identity(n, dtype: .float64) * ridge
    return try system.solve(p.matmul(k).matmul(r.transposed())).transposed()
  }

  static func relative(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a.to(.float64) - b).norm().item() / b.norm().item()
  }

  @Test(
    "Ten batches equal the dense solves",
    arguments: [
      (NullSpaceRule.threshold(0.05), NullSpace.Side.removed), (.threshold(0.0001), .kept),
      (.share(0.9), .removed),
    ])
  func tenBatches(rule: NullSpaceRule, side: NullSpace.Side) throws {
    let generator = try RandomGenerator(seed: 7)
    let moment = try Self.secondMoment(generator)
    for (precision, tolerance) in [(DType.float64, 1e-8), (.float32, 1e-4)] {
      let nullSpace = try NullSpace(secondMoment: moment, rule: rule, precision: precision)
      #expect(nullSpace.side == side)
      let p = try nullSpace.project(Tensor.identity(Self.n, dtype: precision)).to(.float64)
      var solver = RecursiveSolver(
        preservation: NullSpacePreservation(nullSpace: nullSpace, ridge: 10), precision: precision)
      let cache = try Tensor.zeros([Self.n, Self.n], dtype: .float64)
      for _ in 0..<10 {
        let k = try generator.normal([Self.n, Self.u]).to(.float64)
        let r = try generator.normal([Self.d, Self.u]).to(.float64)
        let expected = try Self.denseDelta(p, cache, k, r, ridge: 10)
        let delta = try solver.solve(block: 3, keys: k, residuals: r)
        #expect(try Self.relative(delta.matrix(), expected) < tolerance)
        #expect(abs(try delta.norm() / expected.norm().item() - 1) < tolerance)
        try cache.addMatmulInPlace(k, k.transposed())
      }
    }
  }

  @Test("Keys outside the null space cannot be moved, and keys inside it reach their residuals")
  func projection() throws {
    let generator = try RandomGenerator(seed: 8)
    let nullSpace = try NullSpace(
      secondMoment: Self.secondMoment(generator), rule: .threshold(0.05), precision: .float64)
    let protected = try #require(nullSpace.basis).narrow(1, 0..<5)
    var solver = RecursiveSolver(
      preservation: NullSpacePreservation(nullSpace: nullSpace, ridge: 1e-9), precision: .float64)
    let k = try generator.normal([Self.n, Self.u]).to(.float64)
    let r = try generator.normal([Self.d, Self.u]).to(.float64)
    let delta = try solver.solve(block: 0, keys: k, residuals: r).matrix()
    #expect(try delta.matmul(protected).norm().item() < 1e-8 * delta.norm().item())
    #expect(try Self.relative(delta.matmul(k), r) < 1e-6)
  }

  @Test("Keys that are not remembered leave no trace")
  func forgetting() throws {
    let generator = try RandomGenerator(seed: 9)
    let nullSpace = try NullSpace(secondMoment: Self.secondMoment(generator), rule: .threshold(0.05))
    var solver = RecursiveSolver(preservation: NullSpacePreservation(nullSpace: nullSpace, ridge: 1))
    let k = try generator.normal([Self.n, Self.u])
    let r = try generator.normal([Self.d, Self.u])
    let first = try solver.solve(block: 0, keys: k, residuals: r, remembers: false).matrix()
    let again = try solver.solve(block: 0, keys: k, residuals: r).matrix()
    let third = try solver.solve(block: 0, keys: k, residuals: r).matrix()
    #expect(try (first - again).norm().item() == 0)
    // Remembered keys resist: the second time their values are already set, and the ridge grows against them.
    #expect(try third.norm().item() < 0.9 * first.norm().item())
  }

  @Test("Degenerate statistics: nothing known, everything protected, rank one, not finite")
  func degenerate() throws {
    let zero = try NullSpace(secondMoment: Tensor.zeros([8, 8]), rule: .threshold(0.02))
    #expect(zero.nullity == 8 && zero.basis == nil)
    let x = try RandomGenerator(seed: 1).normal([8, 2])
    #expect(try (zero.project(x) - x).norm().item() == 0)
    let full = try NullSpace(secondMoment: Tensor.identity(8), rule: .threshold(0.02))
    #expect(full.nullity == 0)
    #expect(try full.project(x).norm().item() == 0)
    let ones = try NullSpace(secondMoment: Tensor.full([8, 8], 1), rule: .threshold(0.02))
    #expect(ones.nullity == 7 && ones.side == .removed)
    #expect(throws: EditingError.notFinite(what: "key statistics")) {
      try NullSpace(secondMoment: Tensor.full([4, 4], .nan), rule: .threshold(0.02))
    }
    var solver = RecursiveSolver(preservation: NullSpacePreservation(nullSpace: zero, ridge: 1))
    #expect(throws: EditingError.notFinite(what: "keys or residuals of block 5")) {
      try solver.solve(block: 5, keys: Tensor.full([8, 1], .infinity), residuals: Tensor.zeros([3, 1]))
    }
  }
}

@Suite struct SpectrumTests {
  let spectrum = Spectrum(ascending: [-1e-6, 0.001, 0.01, 1, 9])

  @Test("A threshold counts eigenvalues below it in size")
  func threshold() {
    #expect(spectrum.nullity(under: .threshold(0.02)) == 3)
    #expect(spectrum.nullity(under: .threshold(1e-7)) == 0)
    #expect(spectrum.nullity(under: .threshold(100)) == 5)
  }

  @Test("A share protects the fewest eigenvectors that hold it")
  func share() {
    #expect(spectrum.nullity(under: .share(0.5)) == 4)
    #expect(spectrum.nullity(under: .share(0.95)) == 3)
    #expect(spectrum.nullity(under: .share(1)) <= 1)
    #expect(abs(spectrum.protectedShare(nullity: 4) - 9 / 10.011) < 1e-9)
  }
}
