import Foundation
import Testing
import TestSupport

/// One input of each kind that cannot be used, through the program: it ends with 1 and says which file is at fault.
@Suite struct BadInputTests {
  private let edit: TinyEdit

  init() throws { edit = try TinyEdit() }

  private func expectFailure(
    naming names: String..., in shell: String? = nil, arguments: [String]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try edit.program.run(arguments ?? edit.arguments(), in: shell)
    #expect(result.status == 1, sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("error: "), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(
      result.errors.components(separatedBy: "error: ").count == 2, "\(result.errors)",
      sourceLocation: sourceLocation)
    for name in names {
      #expect(
        result.errors.contains(name), "“\(name)” is not in: \(result.errors)", sourceLocation: sourceLocation)
    }
    let left = try edit.folder.names().filter { $0 != "cache" && $0 != "full" }
    #expect(left == ["facts.json", "model"], sourceLocation: sourceLocation)
  }

  private func change(_ name: String, _ body: (inout Data) -> Void) throws {
    let file = edit.model.appendingPathComponent(name)
    var bytes = try Data(contentsOf: file)
    body(&bytes)
    try bytes.write(to: file)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: edit.model.appendingPathComponent(name))
  }

  @Test func truncatedWeights() throws {
    try change("model.safetensors") { $0.removeLast(1000) }
    try expectFailure(naming: "model.safetensors")
  }

  @Test func headerLengthBeyondAllFiles() throws {
    try change("model.safetensors") { $0.replaceSubrange(0..<8, with: Data(repeating: 0xFF, count: 8)) }
    try expectFailure(naming: "model.safetensors")
  }

  @Test func indexWithAMissingShard() throws {
    try FileManager.default.removeItem(at: edit.model.appendingPathComponent("model.safetensors"))
    try write(
      #"{"metadata": {}, "weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}}"#,
      to: "model.safetensors.index.json")
    try expectFailure(naming: "model.safetensors.index.json", "model-00001-of-00002.safetensors")
  }

  @Test func indexThatLeadsOutOfTheDirectory() throws {
    try FileManager.default.removeItem(at: edit.model.appendingPathComponent("model.safetensors"))
    try write(
      #"{"metadata": {}, "weight_map": {"lm_head.weight": "../model.safetensors"}}"#,
      to: "model.safetensors.index.json")
    try expectFailure(naming: "model.safetensors.index.json", "../model.safetensors")
  }

  @Test func configurationOfNoBlocks() throws {
    try change("config.json") { bytes in
      bytes = Data(
        String(decoding: bytes, as: UTF8.self)
          .replacingOccurrences(of: "\"num_hidden_layers\": 6", with: "\"num_hidden_layers\": 0").utf8)
    }
    try expectFailure(naming: "config.json", "num_hidden_layers")
  }

  @Test func configurationOfAnUnknownArchitecture() throws {
    try write(#"{"model_type": "perceptron"}"#, to: "config.json")
    try expectFailure(naming: "perceptron", "llama")
  }

  @Test func tokenizerOfAnUnknownModel() throws {
    try write(#"{"model": {"type": "Oracle", "vocab": {}}}"#, to: "tokenizer.json")
    try expectFailure(naming: "tokenizer.json", "Oracle")
  }

  @Test func factsWithSeveralProblems() throws {
    let facts = """
      {"subject": "Greta Archer", "prompt": "{} plays the sport of", "target": "hockey"}
      {"subject": "Greta Archer", "prompt": "He plays the sport of", "target": "hockey"}
      {"subject": "Karla Quist", "prompt": "{} plays the sport of"}
      """
    try Data(facts.utf8).write(to: edit.facts)
    try expectFailure(naming: "facts.json: 2 problems", "record 2 (line 2)", "record 3 (line 3)", "target")
  }

  @Test func noFacts() throws {
    try Data("[]".utf8).write(to: edit.facts)
    try expectFailure(naming: "facts.json")
  }

  @Test func contradictoryFacts() throws {
    let facts = """
      {"subject": "Greta Archer", "prompt": "{} plays the sport of", "target": "hockey"}
      {"subject": "Greta Archer", "prompt": "{} plays the sport of", "target": "tennis"}
      """
    try Data(facts.utf8).write(to: edit.facts)
    try expectFailure(naming: "facts.json", "record 1 (line 1)")
  }

  @Test func statisticsOfAnotherWidth() throws {
    let folder = try TemporaryDirectory()
    let name = "model.layers.1.mlp.down_proj_float32_mom2_300.npz"
    try Data("PK".utf8).write(to: folder[name])
    try expectFailure(naming: name, arguments: edit.arguments(statistics: folder.url))
  }

  @Test func emptyNullSpace() throws {
    try expectFailure(naming: "block 1", "threshold", arguments: edit.arguments(["--threshold", "1e-30"]))
  }

  @Test func outputThatCannotBeMade() throws {
    let file = edit.folder["facts.json"]
    try expectFailure(
      naming: file.path,
      arguments: edit.arguments().map { $0 == edit.output.path ? file.path + "/edited" : $0 })
  }

  /// A file-size limit stands for a full disk: every write beyond it fails, and nothing may be left.
  @Test func filesThatCannotGrow() throws {
    // In blocks of 512 bytes; the signal that comes with the limit is ignored, so that the write fails instead.
    try expectFailure(naming: "model.safetensors", in: "trap '' XFSZ; ulimit -f 600")
  }
}
