import Foundation
import StrictJSON
import Testing
import TestSupport

/// The bundled model: what it knows, and what 200 edits in batches of 50 do to it.
@Suite struct BundledModelTests {
  private let folder: TemporaryDirectory
  private let program: Program
  private let bundled = Package.root.appendingPathComponent("Sources/alphaedit/Resources/demo")

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  /// What 200 edits do, measured by `evaluate`; each figure by its stage and metric.
  private func twoHundredEdits(_ dtype: String) throws -> (String, String) throws -> Double {
    let result = try program.run([
      "evaluate", "--alg_name=AlphaEdit", "--model_name", bundled.appendingPathComponent("model").path,
      "--hparams_fname", bundled.appendingPathComponent("hparams.json").path, "--ds_name",
      bundled.appendingPathComponent("facts.json").path, "--dataset_size_limit=200", "--num_edits=50",
      "--statistics", bundled.appendingPathComponent("statistics").path, "--context-templates",
      bundled.appendingPathComponent("context-templates.json").path, "--results", folder[dtype].path,
      "--skip_generation_tests", "--dtype", dtype, "--json",
    ])
    try #require(result.status == 0, "\(result.errors)")
    let report = try result.json
    return { stage, metric in
      try #require(report[stage]?[metric]?["mean"]?.double, "\(stage) \(metric)")
    }
  }

  @Test func twoHundredEditsHoldAndLeaveNeighboursAloneInEitherType() throws {
    let mean = try twoHundredEdits("float32")
    #expect(try mean("before", "efficacy") < 0.05)
    #expect(try mean("before", "neighborhood_accuracy") > 0.95)
    #expect(try mean("after", "efficacy") >= 0.97)
    #expect(try mean("after", "generalization") >= 0.85)
    #expect(
      try mean("after", "neighborhood_accuracy") >= mean("before", "neighborhood_accuracy") - 0.05)

    let narrow = try twoHundredEdits("bfloat16")
    for metric in [
      "efficacy", "generalization", "specificity", "rewrite_accuracy", "paraphrase_accuracy",
      "neighborhood_accuracy",
    ] {
      let (a, b) = try (mean("after", metric), narrow("after", metric))
      #expect(abs(a - b) <= 0.01, "\(metric): \(a) in float32, \(b) in bfloat16")
    }
  }

  @Test func checkpointIsSmall() throws {
    let weights = bundled.appendingPathComponent("model/model.safetensors")
    let size = try #require(try weights.resourceValues(forKeys: [.fileSizeKey]).fileSize)
    #expect(size <= 4_000_000)
  }
}
