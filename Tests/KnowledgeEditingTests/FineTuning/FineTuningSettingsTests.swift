import Foundation
import StrictJSON
import Testing
import TestSupport

@testable import KnowledgeEditing

struct FineTuningSettingsTests {
  private static let folder = Package.root.appending(path: "hparams/FT")
  private static let text = """
    {"layers": [1], "num_steps": 25, "lr": 5e-4, "weight_decay": 0, "kl_factor": 0, "norm_constraint": 0.002,
    "rewrite_module_tmp": "model.layers.{}.mlp.down_proj", "lm_head_module": "lm_head"}
    """

  private func read(_ changes: [String: JSON] = [:], without key: String? = nil) throws -> FineTuningSettings
  {
    var object = try #require(try JSON.parse(Array(Self.text.utf8)).object)
    for (key, value) in changes { object[key] = value }
    if let key { object[key] = nil as JSON? }
    return try FineTuningSettings(object, file: "h.json")
  }

  @Test(arguments: [
    ("gpt2-medium_constr", 0, 5e-4, 2e-3 as Double?, "transformer.h.{}.mlp.c_proj"),
    ("gpt2-large_constr", 0, 5e-4, 1e-3, "transformer.h.{}.mlp.c_proj"),
    ("gpt2-xl_constr", 0, 5e-4, 5e-4, "transformer.h.{}.mlp.c_proj"),
    ("gpt2-xl_unconstr", 1, 5e-4, nil, "transformer.h.{}.mlp.c_proj"),
    ("gpt2-xl_attn", 33, 1e-3, 1e-3, "transformer.h.{}.attn.c_attn"),
    ("EleutherAI_gpt-j-6B_constr", 0, 5e-4, 5e-5, "transformer.h.{}.mlp.fc_out"),
    ("EleutherAI_gpt-j-6B_unconstr", 21, 5e-4, nil, "transformer.h.{}.mlp.fc_out"),
    ("EleutherAI_gpt-j-6B_wd", 21, 5e-4, nil, "transformer.h.{}"),
    ("Llama3-8B", 21, 5e-4, nil, "model.layers.{}.mlp.down_proj.weight"),
  ])
  func `the files have the published values`(
    name: String, layer: Int, rate: Double, bound: Double?, module: String
  ) throws {
    let settings = try FineTuningSettings.read(Self.folder.appending(path: "\(name).json"))
    #expect(settings.layers == [layer])
    #expect(settings.epochs == 25)
    #expect(settings.learningRate == rate)
    #expect(settings.weightDecay == 0)
    #expect(settings.normConstraint == bound)
    #expect(settings.batchSize == 64)
    #expect(settings.trainedModule == module)
    #expect((settings.weightDecayPowerLaw != nil) == (name == "EleutherAI_gpt-j-6B_wd"))
    #expect(try FineTuningSettings(#require(settings.json.object)) == settings)
  }

  @Test func `every file is tested`() throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).count == 9)
  }

  @Test func `keys that are not read are kept`() throws {
    let settings = try read()
    #expect(Set(settings.others.keys) == ["kl_factor", "lm_head_module"])
    #expect(settings.json["lm_head_module"] == "lm_head")
  }

  @Test func `the power law gives a weight decay`() throws {
    let law = try read(["wd_power_law": JSON([JSON(-1.0), JSON(0.5)])]).weightDecayPowerLaw
    #expect(abs(try #require(law).weightDecay(factCount: 4) - 0.25 * 1.6487212707) < 1e-9)
  }

  @Test func `missing keys are named`() throws {
    for key in ["layers", "num_steps", "lr", "weight_decay", "norm_constraint", "rewrite_module_tmp"] {
      #expect(throws: HyperparameterError(file: "h.json", key: key, fault: .missing), "\(key)") {
        try read(without: key)
      }
    }
  }

  @Test(arguments: [
    ("layers", "[]"), ("layers", "[2, 1]"), ("layers", "[-1]"), ("layers", "[0.5]"), ("num_steps", "0"),
    ("lr", "0"), ("lr", "-1"), ("lr", "1e999"), ("weight_decay", "-1"), ("weight_decay", "true"),
    ("norm_constraint", "0"), ("norm_constraint", "true"), ("norm_constraint", "\"a\""), ("batch_size", "0"),
    ("wd_power_law", "[1]"), ("wd_power_law", "[1, \"a\"]"), ("rewrite_module_tmp", "\"mlp\""),
  ])
  func `values that cannot be are refused`(key: String, value: String) throws {
    let error = #expect(throws: HyperparameterError.self) {
      try read([key: try JSON.parse(Array(value.utf8))])
    }
    #expect(error?.key == key)
    #expect(error?.file == "h.json")
  }

  @Test func `layers beyond the model are refused`() throws {
    try read().check(blockCount: 2)
    #expect(throws: HyperparameterError.self) { try read().check(blockCount: 1) }
  }
}
