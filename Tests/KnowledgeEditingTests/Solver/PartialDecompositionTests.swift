import Foundation
import Testing
import Torch

@testable import KnowledgeEditing

/// One side of a null space, found alone, against the whole decomposition.
@Suite struct PartialDecompositionTests {
  static let n = 1024

  /// C with these eigenvalues, and random eigenvectors.
  static func matrix(_ eigenvalues: [Double], seed: UInt64 = 3) throws -> Tensor {
    let n = eigenvalues.count
    let basis = try RandomGenerator(seed: seed).normal([n, n]).to(.float64).qr().q
    let c = try (basis * Tensor(eigenvalues)).matmul(basis.transposed())
    return try (c + c.transposed()) * 0.5
  }

  static func eigenvalues(_ value: (Int) -> Double) -> [Double] { (0..<n).map(value) }

  /// Falling as real keys' eigenvalues do, with a massive one.
  static let falling = eigenvalues { place -> Double in
    place == 0 ? 1e5 : 0.02 * pow(100.5 / Double(place + 1), 1.3)
  }
  /// A plateau close below the threshold, after one close above it.
  static let plateau = eigenvalues { place -> Double in
    let step = Double(place)
    return place < 100 ? 0.021 + 1e-5 * step : 0.0199 - 1e-6 * step
  }
  /// As many as a block is wide, equal.
  static let repeated = eigenvalues { place -> Double in
    if place < 60 { return 3 }
    return place < 90 ? 1 : 1e-4
  }
  /// Statistics of fewer tokens than keys are long.
  static let singular = eigenvalues { place -> Double in place < 80 ? 1 / Double(place + 1) : 0 }
  /// Most directions are protected.
  static let full = eigenvalues { place -> Double in
    place < n - 70 ? Double(n - place) + 1 : 1e-3 / Double(place)
  }

  static let cases: [(name: String, eigenvalues: [Double], rule: NullSpaceRule, side: NullSpace.Side)] = [
    ("falling", falling, .threshold(0.02), .removed), ("falling", falling, .share(0.9999), .removed),
    ("plateau", plateau, .threshold(0.02), .removed), ("repeated", repeated, .threshold(0.5), .removed),
    ("repeated", repeated, .share(0.85), .removed), ("singular", singular, .threshold(1e-3), .removed),
    ("full", full, .threshold(0.5), .kept),
  ]

  @Test("The thin side equals that of the whole decomposition", arguments: cases.indices)
  func sides(index: Int) throws {
    let (_, eigenvalues, rule, side) = Self.cases[index]
    let c = try Self.matrix(eigenvalues)
    let part = try #require(try PartialDecomposition(of: c, rule: rule))
    let whole = try NullSpace(secondMoment: c, rule: rule, precision: .float64)
    #expect(whole.spectrum.isComplete && !part.spectrum.isComplete)
    #expect(part.nullity == whole.nullity && part.side == side && part.side == whole.side)
    #expect(part.nullity == part.spectrum.nullity(under: rule))
    let known = part.spectrum.eigenvalues
    let same = whole.spectrum.eigenvalues[part.spectrum.firstPlace..<part.spectrum.firstPlace + known.count]
    for (a, b) in zip(known, same) { #expect(abs(a - b) < 1e-9 * max(1, whole.spectrum.trace)) }
    #expect(
      abs(
        part.spectrum.protectedShare(nullity: part.nullity)
          - whole.spectrum.protectedShare(nullity: whole.nullity)) < 1e-9)
    // Projections are compared, as single eigenvectors of close eigenvalues are not determined.
    let (a, b) = try (#require(part.basis), #require(whole.basis))
    let outside = try a - b.matmul(b.transposed().matmul(a))
    #expect(a.shape == b.shape)
    #expect(try outside.norm().item() < 1e-5)
  }

  @Test("Where neither side is thin, or eigenvalues are well below zero, all are to be found")
  func refused() throws {
    let middling = Self.eigenvalues { place -> Double in Double(Self.n - place) }
    #expect(try PartialDecomposition(of: Self.matrix(middling), rule: .threshold(500)) == nil)
    #expect(try PartialDecomposition(of: Self.matrix(middling), rule: .share(0.9)) == nil)
    // A boundary among equal eigenvalues is none.
    #expect(try PartialDecomposition(of: Self.matrix(Self.repeated), rule: .share(0.95)) == nil)
    var indefinite = Self.falling
    indefinite[Self.n - 1] = -0.5
    #expect(try PartialDecomposition(of: Self.matrix(indefinite), rule: .threshold(0.02)) == nil)
  }

  @Test("Nothing above the threshold, everything below it")
  func nothing() throws {
    let part = try #require(
      try PartialDecomposition(of: Tensor.zeros([Self.n, Self.n], dtype: .float64), rule: .threshold(0.02)))
    #expect(part.nullity == Self.n && part.basis == nil && part.side == .removed)
  }

  @Test("Wide statistics are decomposed in part, with the same projection as wholly")
  func wide() throws {
    let n = PartialDecomposition.leastWidth
    let keys = try RandomGenerator(seed: 5).normal([n, 200]).to(.float64)
    let scales = try Tensor((0..<200).map { (place: Int) -> Double in 10 * pow(Double(place + 1), -0.8) })
    let scaled = try keys * scales
    let c = try scaled.matmul(scaled.transposed()) / 200 + Tensor.identity(n, dtype: .float64) * 1e-4
    let nullSpace = try NullSpace(secondMoment: c, rule: .threshold(0.02), precision: .float64)
    #expect(!nullSpace.spectrum.isComplete && nullSpace.side == .removed)
    #expect(nullSpace.spectrum.quantiles([0, 1])[0] == nil && nullSpace.spectrum.quantiles([1])[0] != nil)
    let x = try RandomGenerator(seed: 6).normal([n, 3]).to(.float64)
    let projected = try nullSpace.project(x)
    // What is left has no more of C than the threshold lets it have.
    let quotients = try (projected * c.matmul(projected)).sum(0) / projected.square().sum(0)
    #expect(try quotients.max().item() < 0.02)
    #expect(try (nullSpace.project(projected) - projected).norm().item() < 1e-9 * x.norm().item())
  }
}
