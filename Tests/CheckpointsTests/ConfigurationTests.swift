import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct ConfigurationTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func open(_ text: String) throws -> ConfigurationFile {
    try ConfigurationFile(contentsOf: directory.write("config.json", text))
  }

  /// The error that reading a value from this file ends in.
  func failure(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ read: (ConfigurationFile) throws -> Void
  ) throws -> CheckpointError {
    let file = try open(text)
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try read(file) }
    return try #require(error, sourceLocation: sourceLocation)
  }

  @Test func readsTheFirstNameThatIsThere() throws {
    let file = try open(
      #"{"n_embd": 768, "n_inner": null, "eps": 1e-05, "tied": true, "model_type": "gpt2", "eos": [1, 2], "bos": 3}"#
    )
    #expect(try file.positiveInt("hidden_size", "n_embd") == 768)
    #expect(try file.optionalInt("intermediate_size", "n_inner") == nil)
    #expect(try file.double("layer_norm_eps", "eps", default: 1) == 1e-5)
    #expect(try file.double("absent", default: 2) == 2)
    #expect(try file.bool("tied", default: false))
    #expect(try file.bool("absent", default: true))
    #expect(try file.modelType == "gpt2")
    #expect(try file.tokenIDs("eos") == [1, 2])
    #expect(try file.tokenIDs("bos") == [3])
    #expect(try file.tokenIDs("absent") == [])
    #expect(try file.choice("model_type", of: ["llama", "gpt2"]) == "gpt2")
    #expect(try file.choice("absent", of: ["a"], default: "a") == "a")
  }

  @Test(arguments: [
    "", "null", "0", "-4", "1.5", "1e30", "4294967296", "99999999999999999999999", "\"768\"", "[768]", "true",
  ])
  func sizesThatAreNone(value: String) throws {
    let text = value.isEmpty ? "{}" : "{\"hidden_size\": \(value)}"
    let error = try failure(text) { _ = try $0.positiveInt("hidden_size") }
    #expect(error.kind == .configuration(key: "hidden_size"))
    #expect(error.file.hasSuffix("config.json") && error.description.contains("“hidden_size”"))
  }

  @Test func messagesNameThePathOfTheKey() throws {
    let text = #"{"rope_scaling": {"rope_type": "spiral", "factor": -1}}"#
    let type = try failure(text) {
      _ = try $0.section("rope_scaling")?.choice("rope_type", "type", of: ["default", "llama3"])
    }
    #expect(type.kind == .configuration(key: "rope_scaling.rope_type"))
    #expect(type.reason == "“rope_scaling.rope_type” is “spiral”; supported: default, llama3.")
    let factor = try failure(text) {
      _ = try $0.section("rope_scaling")?.positiveDouble("factor", default: 1)
    }
    #expect(factor.kind == .configuration(key: "rope_scaling.factor"))
    #expect(
      try failure(#"{"rope_scaling": 2}"#) { _ = try $0.section("rope_scaling") }.reason.contains("object"))
    let missing = try failure("{}") { _ = try $0.positiveInt("hidden_size", "n_embd") }
    #expect(missing.reason == "“hidden_size” is missing (so is “n_embd”).")
  }

  @Test func attentionShapes() throws {
    #expect(
      try open(#"{"num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 16}"#)
        .attentionShape(width: 48) == AttentionShape(heads: 6, keyValueHeads: 2, headSize: 16))
    #expect(
      try open(#"{"n_head": 12}"#).attentionShape(width: 768)
        == AttentionShape(heads: 12, keyValueHeads: 12, headSize: 64))
    let undivided = try failure(#"{"n_head": 5}"#) { _ = try $0.attentionShape(width: 48) }
    #expect(undivided.kind == .configuration(key: "n_head"))
    for keyValueHeads in [4, 16] {
      let text = #"{"num_attention_heads": 6, "num_key_value_heads": \#(keyValueHeads)}"#
      let error = try failure(text) { _ = try $0.attentionShape(width: 48) }
      #expect(error.kind == .configuration(key: "num_key_value_heads"))
    }
  }

  @Test(arguments: [
    "", "[]", "{\"a\": NaN}", "{\"a\": Infinity}", "{a: 1}", "{\"a\": 1,}", "// model\n{}", "{\"a\": 'b'}",
    "{\"a\": 1, \"a\": 2}", "{} {}", String(repeating: "[", count: 1_000_000),
  ])
  func whatIsNotPlainJSON(text: String) throws {
    let error = #expect(throws: CheckpointError.self) { try open(text) }
    #expect(error?.kind == .malformed)
  }

  @Test func messageForJSONThatOnlyPythonReads() throws {
    let error = #expect(throws: CheckpointError.self) { try open("{\n  \"eps\": NaN\n}") }
    #expect(error?.reason.contains("line 2") == true)
    #expect(error?.reason.contains("NaN") == true)
  }

  @Test(arguments: ["1e999", "\"a\"", "[]"]) func numbersThatAreNone(value: String) throws {
    let error = try failure("{\"eps\": \(value)}") { _ = try $0.double("eps") }
    #expect(error.kind == .configuration(key: "eps"))
  }

  @Test(arguments: ["-1", "1.5", "\"a\"", "[1, null]", "[[1]]"]) func tokensThatAreNone(value: String) throws
  {
    let error = try failure("{\"eos_token_id\": \(value)}") { _ = try $0.tokenIDs("eos_token_id") }
    #expect(error.kind == .configuration(key: "eos_token_id"))
  }
}
