import Checkpoints
import Foundation
import Ledger
import StrictJSON
import TestSupport
import Testing

/// `alphaedit export` and `alphaedit apply`.
@Suite struct ExportCommandTests {
  private let setUp: LedgerSetUp
  private let edited: URL

  init() throws {
    setUp = try LedgerSetUp()
    edited = setUp.directory("edited")
    try setUp.edited(setUp.edit.model, setUp.edit.facts, to: edited)
  }

  private func export(_ form: String, to name: String, _ more: [String] = []) throws -> URL {
    let output = setUp.directory(name)
    try setUp.succeed(["export", "--model", edited.path, "--as", form, "--output", output.path] + more)
    return output
  }

  @Test func deltaMakesTheSameBytesOfTheSameBase() throws {
    let delta = try export("delta", to: "delta")
    let applied = setUp.directory("applied")
    try setUp.succeed([
      "apply", "--model", setUp.edit.model.path, "--delta", delta.path, "--output", applied.path,
    ])
    #expect(try setUp.weights(applied) == setUp.weights(edited))
    #expect(try delta.files().keys.sorted() == ["delta.safetensors"])
    let other = try setUp.edit.program.run([
      "apply", "--model", edited.path, "--delta", delta.path, "--output", setUp.directory("other").path,
    ])
    #expect(other.status == 1 && other.errors.contains("not the checkpoint"), "\(other.errors)")
  }

  @Test func damagedDeltasAreRefused() throws {
    let delta = try export("delta", to: "delta")
    let file = delta.appendingPathComponent("delta.safetensors")
    let whole = try Data(contentsOf: file)
    let header = 8 + Int(whole.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    var changed = whole
    changed[whole.count - 2] ^= 0x40
    var renamed = whole
    let kept = try #require(whole.range(of: Data("5.left".utf8), in: 0..<header))
    renamed.replaceSubrange(kept, with: Data("5.lefs".utf8))
    for bytes in [changed, renamed, whole.prefix(header), whole.prefix(100)] {
      try bytes.write(to: file)
      let result = try setUp.edit.program.run([
        "apply", "--model", setUp.edit.model.path, "--delta", delta.path, "--output",
        setUp.directory("applied").path,
      ])
      #expect(result.status == 1 && result.errors.hasPrefix("error: "), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: setUp.directory("applied").path))
    }
  }

  @Test func checkpointIsExportedWithoutItsHistory() throws {
    let output = try export("checkpoint", to: "plain")
    var expected = try edited.files()
    expected[Ledger.fileName] = nil
    #expect(try output.files() == expected)
    let again = try setUp.edit.program.run([
      "export", "--model", edited.path, "--as", "checkpoint", "--output", output.path,
    ])
    #expect(again.status == 1 && again.errors.contains("exists already"), "\(again.errors)")
  }

  /// B A is the whole change of each tensor.
  @Test func adapterHoldsTheWholeChange() throws {
    let adapter = try export("adapter", to: "adapter")
    let configuration = try JSON.parse(
      Data(contentsOf: adapter.appendingPathComponent("adapter_config.json")))
    #expect(configuration["r"] == configuration["lora_alpha"] && configuration["r"]?.int == 24)
    #expect(configuration["fan_in_fan_out"]?.bool == false)
    let modules = (configuration["target_modules"]?.array ?? []).compactMap(\.string)
    #expect(modules == [1, 2, 3].map { "model.layers.\($0).mlp.down_proj" })
    let tensors = try SafetensorsFile(contentsOf: adapter.appendingPathComponent("adapter_model.safetensors"))
    let (old, new) = (try Checkpoint(directory: setUp.edit.model), try Checkpoint(directory: edited))
    for module in modules {
      let a = try #require(tensors["base_model.model.\(module).lora_A.weight"])
      let b = try #require(tensors["base_model.model.\(module).lora_B.weight"])
      let (before, after) = (try old.tensor("\(module).weight"), try new.tensor("\(module).weight"))
      let (d, n, r) = (before.shape[0], before.shape[1], a.shape[0])
      try #require(a.shape == [r, n] && b.shape == [d, r])
      let (av, bv) = (try a.floats(), try b.floats())
      let (x, y) = (try before.floats(), try after.floats())
      for row in stride(from: 0, to: d, by: 5) {
        for column in stride(from: 0, to: n, by: 7) {
          var sum: Float = 0
          for k in 0..<r { sum += bv[row * r + k] * av[k * n + column] }
          let change = y[row * n + column] - x[row * n + column]
          #expect(abs(change - sum) < 1e-5, "\(module) [\(row), \(column)]")
        }
      }
    }
  }

  @Test func truncatedAdapterTellsItsLosses() throws {
    let output = setUp.directory("adapter")
    let report = try setUp.succeed([
      "export", "--model", edited.path, "--as", "adapter", "--rank", "6", "--output", output.path, "--json",
    ]).json
    #expect(report["rank"]?.int == 6 && report["full_rank"]?.int == 24)
    let losses = try #require(report["facts"]?.array).compactMap { $0["loss"]?.double }
    #expect(losses.count == 24 && losses.contains { $0 > 0.01 })
    let better = try setUp.succeed([
      "export", "--model", edited.path, "--as", "adapter", "--rank", "20", "--output",
      setUp.directory("better").path, "--json",
    ]).json
    let fewer = try #require(better["facts"]?.array).compactMap { $0["loss"]?.double }
    #expect(fewer.reduce(0, +) < losses.reduce(0, +))
  }

  /// Peft, on the unedited model, gives the edited checkpoint's logits.
  @Test(
    .enabled(if: Python.hasPEFT, "needs Python with transformers and peft (ALPHAEDIT_PYTHON, else python3)"))
  func peftGivesTheCheckpointsLogits() throws {
    let adapter = try export("adapter", to: "adapter")
    let script = Fixtures.own.appendingPathComponent("peft-logits.py").path
    let differences = try Python.run([script, setUp.edit.model.path, adapter.path, edited.path])
      .split(separator: "\n").compactMap { Double($0) }
    try #require(differences.count == 2)
    #expect(differences[0] < 1e-5, "logits in float64")
    #expect(differences[1] < 1e-4, "log-probabilities in float32")
  }
}

extension Python {
  static let hasPEFT = (try? run(["-c", "import torch, transformers, peft"])) != nil
}

extension MappedTensor {
  /// The elements of a float32 tensor.
  fileprivate func floats() throws -> [Float] {
    try #require(dtype == .float32)
    return try withBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
  }
}
