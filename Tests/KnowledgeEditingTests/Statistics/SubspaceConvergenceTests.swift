import Foundation
import LanguageModels
import Testing
import TestSupport
import Torch

@testable import KnowledgeEditing

/// When enough text has been read.
@Suite struct SubspaceConvergenceTests {
  @Test("Collection ends where the directions have settled, with what a sample of that size gives")
  func ends() throws {
    let setUp = try StatisticsSetUp()
    let layers = [1, 2]
    let source = try setUp.source(sampleSize: nil)
    let easy = SubspaceConvergence(goal: 0.5, rule: .share(0.5))
    let run = try source.collect(layers, until: easy)
    let found = try #require(run.convergence)
    #expect(found.isReached && found.checks.count == 1)
    #expect(found.checks[0].documents == 200 && found.checks[0].tokens == run.tokenCount)
    #expect(run.provenance.sampleSize == 200)
    let same = try setUp.source(sampleSize: 200).collect(layers)
    for (a, b) in try zip(run.statistics(), same.statistics()) { #expect(try a.digest() == b.digest()) }
  }

  @Test("A goal that is not reached leaves the whole text, and says how near it came")
  func notReached() throws {
    let setUp = try StatisticsSetUp()
    let source = try setUp.source(sampleSize: nil)
    let run = try source.collect([1], until: SubspaceConvergence(goal: 1, rule: .share(0.9)))
    let found = try #require(run.convergence)
    #expect(!found.isReached && run.provenance.sampleSize == nil)
    #expect(found.checks.allSatisfy { $0.share > 0.3 && $0.share < 1 })
    #expect(try run.statistics()[0].digest() == source.collect([1]).statistics()[0].digest())
  }

  @Test("The share of common directions is that of the projections, whichever side is kept")
  func shares() throws {
    let n = 12
    func nullSpace(_ eigenvalues: [Double], seed: UInt64) throws -> NullSpace {
      let basis = try RandomGenerator(seed: seed).normal([n, n]).to(.float64).qr().q
      let c = try (basis * Tensor(eigenvalues)).matmul(basis.transposed())
      return try NullSpace(secondMoment: c, rule: .threshold(0.5), precision: .float64)
    }
    func protected(_ space: NullSpace) throws -> Tensor {
      let identity = try Tensor.identity(n, dtype: .float64)
      return try identity - space.project(identity)
    }
    let thin = try nullSpace((0..<n).map { $0 < 3 ? 1 : 0 }, seed: 1)
    let thick = try nullSpace((0..<n).map { $0 < 9 ? 1 : 0 }, seed: 2)
    #expect(thin.side == .removed && thick.side == .kept)
    for (a, b) in [(thin, thick), (thick, thin), (thin, thin), (thick, thick)] {
      let (p, q) = try (protected(a), protected(b))
      let rank = try max(p.diagonal().sum().item(), q.diagonal().sum().item())
      let expected = try (p * q).sum().item() / rank
      #expect(abs(try a.protectedShare(alsoProtectedBy: b) - expected) < 1e-9)
    }
    #expect(abs(try thick.protectedShare(alsoProtectedBy: thick) - 1) < 1e-9)
    let nothing = try nullSpace(Array(repeating: 0.1, count: n), seed: 3)
    #expect(try nothing.protectedShare(alsoProtectedBy: nothing) == 1)
    #expect(try nothing.protectedShare(alsoProtectedBy: thin) == 0)
  }
}
