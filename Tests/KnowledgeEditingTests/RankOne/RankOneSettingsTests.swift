import Foundation
import StrictJSON
import Testing
import TestSupport

@testable import KnowledgeEditing

struct RankOneSettingsTests {
  private static let folder = Package.root.appending(path: "hparams/ROME")

  @Test(arguments: [
    ("gpt2-medium", 8, 20, 23, 0.5, 3.0, true), ("gpt2-large", 12, 20, 35, 0.5, 4, true),
    ("gpt2-xl", 17, 20, 47, 0.5, 4, true), ("EleutherAI_gpt-j-6B", 5, 20, 27, 0.5, 4, true),
    ("EleutherAI_gpt-neox-20b", 15, 20, 43, 0.5, 4, true), ("Llama3-8B", 5, 25, 31, 0.001, 4, false),
  ])
  func `the files have the published values`(
    name: String, layer: Int, steps: Int, lossLayer: Int, decay: Double, clamp: Double, usesMoment: Bool
  ) throws {
    let settings = try Hyperparameters.read(Self.folder.appending(path: "\(name).json"), method: .rome)
    #expect(settings.layers == [layer])
    #expect(settings.targetSteps == steps)
    #expect(settings.learningRate == .absolute(0.5))
    #expect(settings.lossLayer == lossLayer)
    #expect(settings.weightDecay == decay)
    #expect(settings.clampNormFactor == clamp)
    #expect(settings.klFactor == 0.0625)
    #expect(settings.usesSecondMoment == usesMoment)
    #expect(settings.statisticsSamples == 100_000)
    #expect(settings.unrecognizedKeys.isEmpty)
    #expect(try settings.contextLengths() == [.init(length: 5, count: 10), .init(length: 10, count: 10)])
  }

  @Test func `every file is tested`() throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).count == 6)
  }

  @Test func `context lengths are read and checked`() throws {
    var settings = Hyperparameters.gpt2XL
    #expect(try settings.contextLengths() == [.init(length: 5, count: 10), .init(length: 10, count: 10)])
    settings.others = JSONObject([
      (JSONString("context_template_length_params"), try JSON.parse(Array("[[3, 5]]".utf8)))
    ])
    #expect(try settings.contextLengths() == [.init(length: 3, count: 5)])
    for wrong in ["3", "[3]", "[[3]]", "[[3, 4]]", "[[0, 5]]", "[[3, -5]]", "[[3, 99999999999]]"] {
      settings.others = JSONObject([
        (JSONString("context_template_length_params"), try JSON.parse(Array(wrong.utf8)))
      ])
      #expect(throws: HyperparameterError.self, "\(wrong)") { try settings.contextLengths() }
    }
  }

  @Test func `contexts are generated as published`() {
    var asked: [(prompts: [String], length: Int)] = []
    let templates = ContextTemplates.generateFlat(
      lengths: [.init(length: 5, count: 10), .init(length: 10, count: 5)]
    ) { prompts, length, topK in
      asked.append((prompts, length))
      #expect(topK == 5)
      return prompts.map { "\($0) {a}\n\nb" }
    }
    #expect(asked.map(\.length) == [5, 10])
    #expect(
      asked[0].prompts
        == ["The", "The", "Therefore", "Therefore", "Because", "Because", "I", "I", "You", "You"])
    let texts = templates.types.flatMap { $0.map(\.text) }
    #expect(texts.count == 16)
    #expect(texts[0] == "{}")
    #expect(texts[1] == "The a b. {}")
  }
}
