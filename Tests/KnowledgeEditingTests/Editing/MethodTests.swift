import LanguageModels
import Testing
import Torch
import TestSupport

@testable import KnowledgeEditing

/// What the methods of the family promise beyond what was recorded of them.
struct MethodTests {
  private static let family = EditingMethod.allCases.filter { $0.recipe() != nil }

  private func recorded(_ method: EditingMethod) throws -> RecordedEdits {
    // PRUNE's settings are MEMIT's, which are those of its variants.
    let recording: EditingMethod = method == .prune || method == .memit ? .memitSequential : method
    return try RecordedEdits(Package.llamaTiny, method: recording)
  }

  @Test(arguments: family) func `restored batches leave the same bytes as edited ones`(method: EditingMethod)
    throws
  {
    let recipe = try #require(method.recipe())
    let first = try recorded(method)
    let edited = try first.session(recipe)
    let states = try first.batches.map { try edited.edit($0).state }
    try edited.finish()

    let second = try recorded(method)
    let restored = try second.session(recipe)
    // The last batch is edited, on weights and history that were put back.
    for state in states.dropLast() { try restored.restore(state) }
    _ = try restored.edit(try #require(second.batches.last))
    try restored.finish()
    for layer in edited.layers {
      let (a, b) = (
        try #require(edited.weight(ofLayer: layer)), try #require(restored.weight(ofLayer: layer))
      )
      #expect(try a.equal(b).all(), "layer \(layer)")
    }
  }

  @Test func `PRUNE restrains the whole change by its equation`() throws {
    for onTop in [false, true] {
      let recorded = try recorded(.prune)
      var recipe = EditingRecipe.prune
      recipe.changes = .squashedAtEnd(onTop: onTop)
      let session = try recorded.session(recipe)
      let original = try session.layers.map { try #require(session.weight(ofLayer: $0)).to(.float64) }
      for batch in recorded.batches { _ = try session.edit(batch) }
      let edited = try session.layers.map { try #require(session.weight(ofLayer: $0)).to(.float64) }
      try session.finish()
      for (index, layer) in session.layers.enumerated() {
        let d = try edited[index] - original[index]
        let sigma = try original[index].singularValues().s.max().item()
        let (u, s, vt) = try d.singularValues()
        let bounded: [Double] = try s.array().map {
          $0 > sigma ? log(value: $0) - log(value: sigma) + sigma : $0
        }
        #expect(try s.max().item() > sigma)
        let restrained = try (u * Tensor(bounded)).matmul(vt)
        let expected = try (onTop ? edited[index] : original[index]) + restrained
        let weight = try #require(session.weight(ofLayer: layer))
        #expect(
          try relativeDifference(weight.to(.float64) - original[index], expected - original[index]) < 1e-5)
      }
    }
  }

  /// The natural logarithm from its inverse, by Newton's method.
  private func log(value: Double) -> Double {
    var y = 0.0
    for _ in 0..<60 {
      let power = exponential(y)
      y += 2 * (value - power) / (value + power)
    }
    return y
  }

  private func exponential(_ y: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for n in 1..<60 {
      term *= y / Double(n)
      sum += term
    }
    return sum
  }

  @Test func `a fact that is said everywhere is written no harder`() throws {
    let plain = try recorded(.alphaEdit)
    let stopping = try recorded(.alphaEdit)
    let long = try plain.session(.alphaEdit).edit(plain.batches[0])
    let short = try stopping.session(.alphaEdit, options: .stopsWhenSaid).edit(stopping.batches[0])
    let pairs = Array(zip(long.targets, short.targets))
    #expect(pairs.allSatisfy { $0.losses.count >= $1.losses.count })
    #expect(pairs.contains { $0.losses.count > $1.losses.count })
    // Up to where it ends nothing is different, but for the order in which other facts' rows are summed.
    #expect(pairs.allSatisfy { zip($0.losses, $1.losses).allSatisfy { abs($0 - $1) < 1e-3 } })
  }

  @Test func `boundary layers leave those between them alone`() throws {
    let recorded = try recorded(.alphaEdit)
    let session = try recorded.session(.alphaEdit, options: .boundaryLayers)
    #expect(session.layers == [1, 3])
    let edited = try session.edit(recorded.batches[0])
    #expect(edited.deltas.map(\.block) == [1, 3])
    #expect(session.weight(ofLayer: 2) == nil)
    // Nothing of the residual is left for later layers: the second layer's residual is its own.
    #expect(edited.targets.count == recorded.batches[0].count)
  }

  @Test func `anchored target values have the norms of the unedited model`() throws {
    let recorded = try recorded(.alphaEdit)
    let session = try recorded.session(.alphaEdit, options: .anchorsNorms)
    // In the first batch the present model is the unedited one.
    for target in try session.edit(recorded.batches[0]).targets {
      #expect(abs(try target.value.norm().item() - target.initialNorm) < 1e-3 * target.initialNorm)
    }
    // Later the states have other norms, and the anchors stay.
    let later = try session.edit(recorded.batches[1]).targets
    let fresh = try RecordedEdits(Package.llamaTiny)
    let unedited = try fresh.session(.alphaEdit, options: .anchorsNorms).edit(fresh.batches[1]).targets
    for (target, original) in zip(later, unedited) {
      #expect(abs(try target.value.norm().item() - original.initialNorm) < 1e-3 * original.initialNorm)
    }
  }

  @Test func `statistics that are singular are told from those that are not`() throws {
    let full = try Tensor.identity(6, dtype: .float64)
    #expect(try SecondMomentPreservation(secondMoment: full, weight: 2).jitter == 0)
    let k = try Tensor([1.0, 2, 3, 4, 5, 6]).unsqueeze(1)
    let singular = try k.matmul(k.transposed())
    #expect(try SecondMomentPreservation(secondMoment: singular, weight: 2).jitter > 0)
    #expect(throws: EditingError.notFinite(what: "key statistics")) {
      try SecondMomentPreservation(secondMoment: Tensor.full([6, 6], .nan), weight: 2)
    }
  }

  @Test func `neurons are chosen up to a share of the responses`() throws {
    let preserved = try WeightedSecondMoment(secondMoment: Tensor.identity(4, dtype: .float64), weight: 1)
    let keys = try Tensor([Float](arrayLiteral: 1, -4, 3, 2), shape: [4, 1])
    func chosen(_ share: Double) throws -> [Int] {
      try NeuronSolver(preserved: preserved, share: share).neurons(respondingTo: keys).array(Int.self)
    }
    #expect(try chosen(0.8) == [1, 2])
    #expect(try chosen(0.9) == [1, 2, 3])
    // One at least, even where it alone exceeds the share.
    #expect(try chosen(0.1) == [1])
  }

  @Test func `NSE without its settings is refused`() throws {
    let recorded = try recorded(.memitSequential)
    #expect(throws: EditingError.self) { try recorded.session(.nse) }
  }
}
