import Checkpoints
import Foundation
import Ledger
import StrictJSON
import Testing
import TestSupport

/// `alphaedit edit`, from files to files.
@Suite struct EditCommandTests {
  private let edit: TinyEdit
  private static let tensors = [1, 2, 3].map { "model.layers.\($0).mlp.down_proj.weight" }

  init() throws { edit = try TinyEdit() }

  @Test func checkpointIsItsSourceButForTheEditedTensors() throws {
    let before = try edit.model.files()
    let result = try edit.program.run(edit.arguments(["--json"]))
    try #require(result.status == 0, "\(result.errors)")

    let (source, edited) = (try Checkpoint(directory: edit.model), try Checkpoint(directory: edit.output))
    #expect(edited.tensorNames == source.tensorNames)
    for name in source.tensorNames {
      let same = try source.tensor(name).withBytes { old in
        try edited.tensor(name).withBytes { new in old.elementsEqual(new) }
      }
      #expect(same != Self.tensors.contains(name), "\(name)")
    }
    let (old, new) = (try edit.model.files(), try edit.output.files())
    #expect(old == before, "the source is never written to")
    for (name, bytes) in old where name != "model.safetensors" { #expect(new[name] == bytes, "\(name)") }
    #expect(Set(new.keys) == Set(old.keys).union(["alphaedit.json", Ledger.fileName]))
    let (oldWeights, newWeights) = (
      try #require(old["model.safetensors"]), try #require(new["model.safetensors"])
    )
    let header = 8 + Int(oldWeights.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    #expect(newWeights.prefix(header) == oldWeights.prefix(header) && newWeights.count == oldWeights.count)
    #expect(
      try edit.folder.names() == ["cache", "edited", "facts.json", "model"], "nothing is left beside it")

    let report = try result.json
    #expect(report["checks"]?["facts"]?.int == 24)
    #expect(report["checks"]?["weights_finite"]?.bool == true)
    #expect(report["facts"]?.array?.count == 24)
    #expect(report["layers"]?.array?.compactMap { $0["tensor"]?.string } == Self.tensors)
    #expect(report["output"]?.string == edited.directory.path)
  }

  /// As the published implementation measured its own edit of the same facts.
  @Test func factsAreAsLikelyAsPublished() throws {
    let result = try edit.program.run(edit.arguments(["--json"]))
    let facts = try result.json["facts"]?.array ?? []
    let recorded =
      try JSON.parse(
        Data(contentsOf: Package.llamaTiny.appendingPathComponent("AlphaEdit.metrics.json"))
      ).array ?? []
    #expect(facts.count == recorded.count && facts.count == 24)
    for (fact, record) in zip(facts, recorded) {
      let published = try #require(record["rewrite_prompts_probs"]?.array?.first)
      for (own, theirs) in [
        ("target_mean_log_probability", "target_new"), ("target_true_mean_log_probability", "target_true"),
      ] {
        let found = try #require(fact["after"]?[own]?.double)
        let expected = try #require(published[theirs]?.double)
        #expect(abs(exp(found) - exp(-expected)) < 2e-2, "\(fact["prompt"]?.string ?? "")")
      }
    }
  }

  @Test func recordSaysWhatWasDone() throws {
    try #require(edit.program.run(edit.arguments(["--quiet"])).status == 0)
    let record = try JSON.parse(Data(contentsOf: edit.output.appendingPathComponent("alphaedit.json")))
    #expect(record["method"]?.string == "AlphaEdit")
    #expect(record["hyperparameters"]?["layers"]?.integers == [1, 2, 3])
    #expect(
      record["source"]?["fingerprint"]?.string == (try Checkpoint(directory: edit.model).fingerprint().hex))
    #expect(record["facts_file"]?["sha256"]?.string == ContentHash(of: try Data(contentsOf: edit.facts)).hex)
    let files = try edit.output.files()
    for file in record["files"]?.array ?? [] {
      let name = try #require(file["name"]?.string)
      #expect(file["sha256"]?.string == files[name].map { ContentHash(of: $0).hex }, "\(name)")
    }
    let changed = try #require(record["changed_tensors"]?.array)
    #expect(changed.compactMap { $0["name"]?.string } == Self.tensors)
    let edited = try Checkpoint(directory: edit.output)
    for tensor in changed {
      let hash = try edited.tensor(try #require(tensor["name"]?.string)).withBytes { ContentHash(of: $0) }
      #expect(tensor["sha256_after"]?.string == hash.hex && tensor["sha256_before"]?.string != hash.hex)
    }
  }

  @Test func sameArgumentsGiveTheSameBytes() throws {
    try #require(edit.program.run(edit.arguments()).status == 0)
    let first = try edit.output.filesButTheLedger()
    try #require(edit.program.run(edit.arguments(["--overwrite"])).status == 0)
    #expect(try edit.output.filesButTheLedger() == first)
  }

  @Test func existingOutputIsRefusedBeforeTheWork() throws {
    try FileManager.default.createDirectory(at: edit.output, withIntermediateDirectories: true)
    let kept = edit.output.appendingPathComponent("notes.txt")
    try Data("mine".utf8).write(to: kept)
    for more in [[], ["--overwrite"]] {
      let result = try edit.program.run(edit.arguments(more))
      #expect(result.status == 1)
      #expect(
        result.errors.hasPrefix("error: \(edit.output.resolvingSymlinksInPath().path): "), "\(result.errors)")
      #expect(try edit.output.files() == ["notes.txt": Data("mine".utf8)])
    }
  }

  @Test func sourceCanBeOverwritten() throws {
    try #require(edit.program.run(edit.arguments()).status == 0)
    let arguments = edit.arguments(["--overwrite"]).map { $0 == edit.output.path ? edit.model.path : $0 }
    let result = try edit.program.run(arguments)
    try #require(result.status == 0, "\(result.errors)")
    let name = "model.safetensors"
    #expect(try edit.model.files()[name] == edit.output.files()[name])
  }

  @Test func textSaysWhatHappened() throws {
    let result = try edit.program.run(edit.arguments(["--quiet"]))
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    for part in [
      "24 facts in 3 batches", "Null spaces (threshold 0.0505)", "facts said", "before:", "after:",
      "Drift on",
    ] {
      #expect(result.output.contains(part), "\(part)")
    }
    #expect(
      result.output.contains("The edited checkpoint is in \(edit.output.resolvingSymlinksInPath().path)\n"))
  }

  @Test func damagedNullSpaceIsComputedAgain() throws {
    try #require(edit.program.run(edit.arguments()).status == 0)
    let first = try edit.output.files()
    let cache = edit.folder["cache/null-spaces"]
    let names = try FileManager.default.contentsOfDirectory(atPath: cache.path)
    #expect(names.count == 3)
    for (index, name) in names.sorted().enumerated() {
      let file = cache.appendingPathComponent(name)
      var bytes = try Data(contentsOf: file)
      if index == 0 { bytes = bytes.prefix(100) } else { bytes[bytes.count - 5 * index] ^= 1 }
      try bytes.write(to: file)
    }
    let result = try edit.program.run(edit.arguments(["--overwrite"]))
    #expect(result.status == 0)
    #expect(result.errors.split(separator: "\n").count { $0.hasSuffix("it is computed again") } == 3)
    #expect(try edit.output.files()["model.safetensors"] == first["model.safetensors"])
  }

  @Test func statisticsOfACorpusAreKept() throws {
    let corpus = Package.llamaTiny.appendingPathComponent("corpus.jsonl").path
    let common = Array(edit.arguments().dropLast(6)) + ["--threads", "1", "--quiet", "--overwrite", "--json"]
    let missing = try edit.program.run(common)
    #expect(missing.status == 1 && missing.errors.contains("--corpus FILE"), "\(missing.errors)")
    let collected = try edit.program.run(common + ["--corpus", corpus])
    try #require(collected.status == 0, "\(collected.errors)")
    let kept = try edit.program.run(common)
    try #require(kept.status == 0, "\(kept.errors)")
    #expect(try kept.json["layers"] == collected.json["layers"])
  }
}
