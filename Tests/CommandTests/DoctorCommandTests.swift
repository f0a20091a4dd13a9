import Foundation
import StrictJSON
import TestSupport
import Testing

/// `alphaedit doctor`: what it says of models that are fit for edits, and of others.
@Suite struct DoctorCommandTests {
  private let edit: TinyEdit

  init() throws { edit = try TinyEdit() }

  /// The object that a diagnosis of a model is, which must end with `status`.
  private func diagnosis(
    of model: URL?, status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSON {
    let result = try edit.program.run(["doctor", "--json"] + (model.map { ["--model", $0.path] } ?? []))
    #expect(result.status == status, "\(result.output) \(result.errors)", sourceLocation: sourceLocation)
    return try result.json
  }

  private func finding(
    _ name: String, in section: String = "model", of diagnosis: JSON,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSON {
    let findings = try #require(diagnosis[section]?.array, sourceLocation: sourceLocation)
    return try #require(
      findings.first { $0["name"]?.string == name }, "no \(name)", sourceLocation: sourceLocation)
  }

  @Test func theMachineAlone() throws {
    let diagnosis = try diagnosis(of: nil)
    #expect(try finding("libtorch", in: "engine", of: diagnosis)["version"]?.string?.first == "2")
    #expect(
      try finding("processor", in: "engine", of: diagnosis)["instruction_set"]?.string?.isEmpty == false)
    #expect(try finding("threads", in: "engine", of: diagnosis)["threads"]?.int ?? 0 > 0)
    #expect(try finding("cpu", in: "devices", of: diagnosis)["verdict"] == "ok")
    for device in ["cuda", "mps"] {
      let finding = try finding(device, in: "devices", of: diagnosis)
      #expect(finding["verdict"] == "ok" || finding["found"]?.string?.hasPrefix("not present: ") == true)
    }
    let memory = try finding("memory", in: "machine", of: diagnosis)
    let total = try #require(memory["total_bytes"]?.int)
    #expect(total > 100_000_000 && memory["available_bytes"]?.int ?? 0 <= total)
    let cache = try finding("cache", in: "machine", of: diagnosis)
    #expect(cache["directory"]?.string == edit.folder["cache"].path && cache["free_bytes"]?.int ?? 0 > 0)
    #expect(diagnosis["model"] == nil)
  }

  @Test func theBundledModel() throws {
    let model = Package.root.appendingPathComponent("Sources/alphaedit/Resources/demo/model")
    let diagnosis = try diagnosis(of: model)
    for name in ["configuration", "tokenizer", "weights", "model", "hyper-parameters", "speed"] {
      #expect(try finding(name, of: diagnosis)["verdict"] == "ok", "\(name)")
    }
    #expect(try finding("model", of: diagnosis)["blocks"] == 5)
    let speed = try finding("speed", of: diagnosis)
    #expect(speed["seconds"]?.double ?? 0 > 0 && speed["is_lower_bound"] == false)
    // Its vocabulary is that of a made-up world, and so are the facts that it is tried with.
    #expect(speed["facts"] == 100 && speed["facts_from"] == "made of the model's own words")
    #expect(try finding("facts", of: diagnosis)["verdict"] == "absent")
    // Its statistics are beside it, and not in the cache.
    #expect(try finding("statistics", of: diagnosis)["verdict"] == "warning")
    #expect(diagnosis["verdict"] == "warning")
  }

  @Test func theTimeOfTheFactsThatAreToBeWritten() throws {
    let demo = Package.root.appendingPathComponent("Sources/alphaedit/Resources/demo")
    func diagnosis(_ more: String...) throws -> Program.Result {
      try edit.program.run(
        ["doctor", "--json", "--model", demo.appendingPathComponent("model").path] + more)
    }
    let facts = demo.appendingPathComponent("facts.json").path
    let hparams = demo.appendingPathComponent("hparams.json").path
    let named = try diagnosis("--facts", facts, "--hparams", hparams)
    #expect(named.status == 0, "\(named.errors)")
    let speed = try finding("speed", of: named.json)
    #expect(speed["facts"] == 400 && speed["facts_from"] == "of the file")
    // Which of them depends on how fast this machine is at the moment.
    #expect(["searches", "steps"].contains(speed["basis"]?.string ?? ""))
    #expect(try finding("facts", of: named.json)["found"]?.string == "\(facts): 400 facts of the file")
    #expect(try finding("hyper-parameters", of: named.json)["origin"]?.string == hparams)

    let missing = try diagnosis("--facts", edit.folder["none.json"].path)
    #expect(missing.status == 1)
    #expect(try finding("facts", of: missing.json)["found"]?.string?.contains("none.json") == true)
    let alone = try edit.program.run(["doctor", "--facts", facts])
    #expect(alone.status == 64 && alone.errors.contains("--model"), "\(alone.errors)")
  }

  @Test func statisticsAndNullSpacesAreFound() throws {
    let statistics = try finding("statistics", of: diagnosis(of: edit.model))
    let layers = try #require(statistics["missing"]?.integers)
    let command = try #require(statistics["command"]?.string)
    #expect(command.contains("--layers \(layers.map(String.init).joined(separator: ","))"))
    #expect(statistics["remedy"]?.string?.contains(command) == true)
    // The command as it is told, with a corpus and a place.
    let corpus = Package.llamaTiny.appendingPathComponent("corpus.jsonl").path
    let arguments = command.split(separator: " ").dropFirst().map { word -> String in
      word == "TEXTS" ? corpus : word == "STATISTICS" ? edit.folder["statistics"].path : String(word)
    }
    let collected = try edit.program.run(arguments)
    #expect(collected.status == 0, "\(collected.errors)")

    let edited = try edit.program.run([
      "edit", "--model", edit.model.path, "--facts", edit.facts.path, "--output", edit.output.path,
      "--corpus", corpus, "--steps", "2",
    ])
    try #require(edited.status == 0, "\(edited.errors)")
    for model in [edit.model, edit.output] {
      let diagnosis = try diagnosis(of: model)
      #expect(try finding("statistics", of: diagnosis)["present"]?.integers == layers)
      #expect(try finding("null spaces", of: diagnosis)["kept"]?.int == layers.count)
      #expect(try finding("null spaces", of: diagnosis)["verdict"] == "ok")
    }
    #expect(try finding("history", of: diagnosis(of: edit.model))["verdict"] == "absent")
    #expect(try finding("history", of: diagnosis(of: edit.output))["facts"] == 24)
  }

  @Test func aDamagedConfiguration() throws {
    try edit.folder.write("model/config.json", #"{"model_type": "llama", "#)
    let diagnosis = try diagnosis(of: edit.model, status: 1)
    let configuration = try finding("configuration", of: diagnosis)
    #expect(configuration["verdict"] == "problem")
    #expect(configuration["found"]?.string?.contains("config.json") == true)
    for name in ["tokenizer", "weights"] {
      #expect(try finding(name, of: diagnosis)["verdict"] == "ok", "\(name)")
    }
    #expect(diagnosis["verdict"] == "problem")
  }

  @Test func aModelOfAnUnknownType() throws {
    try edit.folder.write("model/config.json", #"{"model_type": "mamba"}"#)
    let configuration = try finding("configuration", of: diagnosis(of: edit.model, status: 1))
    #expect(configuration["found"]?.string?.contains("mamba") == true)
  }

  @Test func aMissingTokenizer() throws {
    try FileManager.default.removeItem(at: edit.folder["model/tokenizer.json"])
    let diagnosis = try diagnosis(of: edit.model, status: 1)
    #expect(try finding("tokenizer", of: diagnosis)["found"]?.string?.contains("tokenizer.json") == true)
    for name in ["configuration", "weights", "model", "hyper-parameters"] {
      #expect(try finding(name, of: diagnosis)["verdict"] == "ok", "\(name)")
    }
    #expect(try finding("statistics", of: diagnosis)["verdict"] == "warning")
  }

  @Test func truncatedWeights() throws {
    let file = edit.folder["model/model.safetensors"]
    try Data(contentsOf: file).dropLast(1000).write(to: file)
    let diagnosis = try diagnosis(of: edit.model, status: 1)
    let weights = try finding("weights", of: diagnosis)
    #expect(weights["verdict"] == "problem")
    #expect(weights["found"]?.string?.contains("model.safetensors") == true)
    for name in ["configuration", "tokenizer"] {
      #expect(try finding(name, of: diagnosis)["verdict"] == "ok", "\(name)")
    }
  }

  @Test func directoriesWithoutAModel() throws {
    let empty = try TemporaryDirectory()
    let diagnosis = try diagnosis(of: empty.url, status: 1)
    for name in ["configuration", "tokenizer", "weights"] {
      #expect(try finding(name, of: diagnosis)["verdict"] == "problem", "\(name)")
    }
    let nowhere = try self.diagnosis(of: edit.folder["nowhere"], status: 1)
    #expect(try finding("directory", of: nowhere)["found"]?.string?.contains("nowhere") == true)
  }

  @Test func aTableForPeople() throws {
    try FileManager.default.removeItem(at: edit.folder["model/tokenizer.json"])
    let result = try edit.program.run(["doctor", "--model", edit.model.path])
    #expect(result.status == 1 && result.errors.isEmpty, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("Engine") && lines.contains("Model"))
    #expect(lines.contains { $0.hasPrefix("  ok       libtorch") })
    #expect(lines.contains { $0.hasPrefix("  problem  tokenizer") })
    #expect(lines.contains { $0.contains("→ edit with --corpus") })
    #expect(lines.last == "1 problem would make an edit fail")
  }
}
