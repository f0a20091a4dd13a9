import Foundation
import KnowledgeEditing
import LanguageModels
import Testing
import Tokenization
import Torch
import TestSupport

@testable import Experiments

/// Hidden states of known facts and how they are compared.
struct HiddenStateDriftTests {
  private static let facts = ["Greta Archer", "Hugo Becker", "Ann", "Greta Archer"].map {
    KnownFact(subject: $0, template: PromptTemplate(prefix: "", suffix: " plays the sport of"))
  }

  @Test func `states are those of a whole run at the subject's last token`() throws {
    let small = try SmallModel()
    let probe = try KnownFactStates(Self.facts, tokenizer: small.tokenizer)
    for layer in [0, 2] {
      let states = try probe.measure(small.model, layer: layer)
      #expect(states.shape == [4, small.model.width])
      for (index, fact) in Self.facts.enumerated() {
        let tokens = try PackedTokens([small.tokenizer.encode(fact.prompt).ids])
        let pass = try ForwardPass(tokens, of: small.model)
        let hidden = try small.model.run(
          0..<layer + 1, small.model.embed(tokens.ids, positions: pass.positions), pass)
        let place = try small.tokenizer.encode(fact.subject).ids.count - 1
        let difference = try hidden.select(0, place) - states.select(0, index)
        #expect(try difference.norm().item() < 1e-4)
      }
      let frugal = try probe.measure(small.model, layer: layer, tokenLimit: 1)
      #expect(try (frugal - states).norm().item() < 1e-4)
    }
    #expect(throws: EvaluationError.self) { try probe.measure(small.model, layer: small.model.blockCount) }
  }

  private func cloud(_ seed: UInt64, _ rows: Int = 40, _ width: Int = 6) throws -> Tensor {
    try RandomGenerator(seed: seed).normal([rows, width])
  }

  @Test func `equal states have not drifted`() throws {
    let states = try cloud(1)
    let drift = try HiddenStateDrift(before: states, after: states)
    #expect(abs(drift.meanCosine - 1) < 1e-12)
    #expect(drift.meanRelativeDistance == 0)
    #expect(drift.relativeShift == 0)
    #expect(drift.energyDistance == 0)
    #expect(drift.before == drift.after)
    #expect(drift.count == 40)
  }

  @Test func `a cloud that moves as a whole has shifted by that much`() throws {
    let states = try cloud(1)
    let offset = try Tensor([3, 0, 0, 0, 0, 0] as [Float])
    let drift = try HiddenStateDrift(before: states, after: states + offset)
    let centered = try states.to(.float64) - states.to(.float64).mean(0, keep: true)
    #expect(abs(drift.relativeShift - 3 / (try centered.norm(1).mean().item())) < 1e-5)
    #expect(drift.energyDistance > 0.1 && drift.energyDistance < 1)
    #expect(drift.meanCosine < 1)
    let relative = try (Tensor.full([40], 3) / states.norm(1)).mean().item()
    #expect(abs(drift.meanRelativeDistance - relative) < 1e-4)
  }

  /// The distance compares distributions: which fact a state belongs to does not matter to it.
  @Test func `states that change places keep their distribution`() throws {
    let states = try cloud(1)
    let drift = try HiddenStateDrift(before: states, after: states.flip(0))
    #expect(abs(drift.energyDistance) < 1e-9)
    #expect(drift.meanRelativeDistance > 0.5)
  }

  @Test func `far clouds have the largest distance`() throws {
    let drift = try HiddenStateDrift(before: cloud(1), after: cloud(2) + 1e4)
    #expect(drift.energyDistance > 0.99 && drift.energyDistance <= 1)
  }

  @Test func `the plane is that of the largest variance`() throws {
    // Points on a tilted line, with a little spread across it.
    let along = try Tensor((0..<30).map { Double($0) - 14.5 }, shape: [30, 1])
    let across = try Tensor((0..<30).map { $0 % 2 == 0 ? 0.1 : -0.1 }, shape: [30, 1])
    let direction = try Tensor([0.6, 0.8, 0] as [Double], shape: [1, 3])
    let normal = try Tensor([0, 0, 1] as [Double], shape: [1, 3])
    let plane = try PrincipalPlane(along.matmul(direction) + across.matmul(normal))
    for (index, point) in plane.points.enumerated() {
      #expect(abs(abs(point.x) - abs(Double(index) - 14.5)) < 1e-2)
      #expect(abs(abs(point.y) - 0.1) < 1e-2)
    }
    #expect(plane.explainedVariance[0] > 0.99)
    // More dimensions than points: the other Gram matrix.
    let wide = try PrincipalPlane(
      Tensor.concatenate(
        [along.matmul(direction) + across.matmul(normal), Tensor.zeros([30, 97], dtype: .float64)], 1))
    for (a, b) in zip(plane.points, wide.points) {
      #expect(abs(a.x - b.x) < 1e-6 && abs(abs(a.y) - abs(b.y)) < 1e-6)
    }
  }

  @Test func `one fact, or states of different facts`() throws {
    let one = try HiddenStateDrift(before: cloud(1, 1), after: cloud(2, 1))
    #expect(one.before.count == 1 && one.energyDistance <= 1)
    #expect(throws: EvaluationError.self) { try HiddenStateDrift(before: cloud(1, 3), after: cloud(1, 4)) }
    #expect(throws: EvaluationError.self) { try HiddenStateDrift(before: cloud(1, 0), after: cloud(1, 0)) }
  }

  private static let known = SharedFolder.file("data/facts/known_1000.json")

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: known.path), "needs known_1000.json in ../shared"))
  func `the published facts are read and looked at`() throws {
    let facts = try KnownFact.read(Self.known)
    #expect(facts.count == 1209)
    #expect(facts[0].prompt == "Vinson Massif is located in the continent")
    let small = try SmallModel()
    let states = try KnownFactStates(facts, tokenizer: small.tokenizer).measure(small.model, layer: 3)
    #expect(states.shape == [1209, small.model.width])
  }

  @Test func `facts without a place for the subject are named`() throws {
    let directory = try TemporaryDirectory()
    let file = directory.url.appendingPathComponent("known_1000.json")
    try Data(
      #"[{"subject": "a", "template": "{} is"}, {"subject": "a", "template": "a is"}, {"template": "{}"}]"#
        .utf8
    )
    .write(to: file)
    let error = #expect(throws: FactError.self) { try KnownFact.read(file) }
    #expect(error?.problems.map(\.record) == [2, 3])
  }
}
