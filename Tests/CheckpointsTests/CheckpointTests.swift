import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct CheckpointTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("config.json", #"{"model_type": "llama"}"#)
  }

  func open() throws -> Checkpoint { try Checkpoint(directory: directory.url) }

  func failure(sourceLocation: SourceLocation = #_sourceLocation) throws -> CheckpointError {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try open() }
    return try #require(error, sourceLocation: sourceLocation)
  }

  /// A file with tensors of four bytes each.
  func shard(_ names: String..., fill: UInt8 = 1) -> [UInt8] {
    let entries = names.enumerated().map { position, name in
      #""\#(name)":{"dtype":"F32","shape":[1],"data_offsets":[\#(position * 4),\#(position * 4 + 4)]}"#
    }
    return safetensors("{\(entries.joined(separator: ","))}", data: names.count * 4, fill: fill)
  }

  func writeIndex(_ map: [(String, String)], totalSize: String = "12") throws {
    let entries = map.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", ")
    try directory.write(
      "model.safetensors.index.json",
      "{\"metadata\": {\"total_size\": \(totalSize)}, \"weight_map\": {\(entries)}}")
  }

  let first = "model-00001-of-00002.safetensors"
  let second = "model-00002-of-00002.safetensors"

  func writeSharded() throws {
    try directory.write(first, shard("b", "a"))
    try directory.write(second, shard("c", fill: 2))
    try writeIndex([("a", first), ("b", first), ("c", second)])
  }

  @Test func singleFile() throws {
    try directory.write("model.safetensors", shard("model.norm.weight", "lm_head.weight"))
    try directory.write("generation_config.json", #"{"eos_token_id": [7, 8]}"#)
    let checkpoint = try open()
    #expect(checkpoint.tensorNames == ["model.norm.weight", "lm_head.weight"])
    #expect(try checkpoint.tensor("lm_head.weight").shape == [1])
    #expect(try checkpoint.configuration.modelType == "llama")
    #expect(try checkpoint.endOfTextTokens() == [7, 8])
    #expect(try checkpoint.beginningOfTextToken() == nil)
    #expect(checkpoint.warnings.isEmpty)
    let error = #expect(throws: CheckpointError.self) { try checkpoint.tensor("lm_head.weigth") }
    #expect(error?.kind == .missingTensor("lm_head.weigth"))
    #expect(error?.reason.contains("Names like it: “lm_head.weight”") == true)
  }

  @Test func sharded() throws {
    try writeSharded()
    let checkpoint = try open()
    #expect(checkpoint.tensorNames == ["b", "a", "c"])
    #expect(checkpoint.shards.map(\.name) == [first, second])
    #expect(try checkpoint["c"]?.withBytes { Array($0) } == [2, 2, 2, 2])
    try writeIndex([("a", first), ("b", first), ("c", second)], totalSize: "12.0")
    #expect(try open().tensorNames.count == 3)
  }

  @Test func singleFileBesideAnIndex() throws {
    try writeSharded()
    try directory.write("model.safetensors", shard("a"))
    let checkpoint = try open()
    #expect(checkpoint.tensorNames == ["a"])
    #expect(checkpoint.warnings.count == 1)
  }

  @Test func fileThatIsNoShardBesideAnIndex() throws {
    try writeSharded()
    try directory.write("consolidated.safetensors", shard("a"))
    #expect(try open().warnings.map(\.message) == ["not listed in the index; ignored."])
  }

  @Test func whatAnIndexMayNotSay() throws {
    try writeSharded()
    let cases: [(map: [(String, String)], CheckpointError.Kind)] = [
      ([("a", first), ("b", first), ("c", "model-00003-of-00003.safetensors")], .inconsistentIndex),
      ([("a", first), ("b", first), ("c", first)], .inconsistentIndex),
      ([("a", first), ("b", second), ("c", second)], .inconsistentIndex),
      ([("a", first), ("b", first), ("c", second), ("d", second)], .inconsistentIndex),
      ([("a", first), ("c", second)], .inconsistentIndex),
      ([("a", first), ("b", first)], .inconsistentIndex),
      ([("a", first), ("b", first), ("c", second.uppercased()), ("d", second)], .inconsistentIndex),
      ([("a", first), ("b", first), ("c", "../\(second)")], .unsafePath),
      ([("a", first), ("b", first), ("c", "x/../\(second)")], .unsafePath),
      ([("a", first), ("b", first), ("c", "/etc/passwd")], .unsafePath),
      ([("a", first), ("b", first), ("c", "")], .unsafePath),
      ([("a", first), ("b", first), ("c", "\\u0000")], .unsafePath),
      ([("a", first), ("a", first), ("b", first), ("c", second)], .malformed),
    ]
    for (map, kind) in cases {
      try writeIndex(map)
      let error = try failure()
      #expect(error.kind == kind, "\(map)")
      #expect(error.file.hasSuffix("model.safetensors.index.json"))
    }
    for text in ["[]", "{}", "{\"weight_map\": []}", "{\"weight_map\": {\"a\": 1}}", "{"] {
      try directory.write("model.safetensors.index.json", text)
      #expect(try failure().kind == .malformed)
    }
  }

  @Test(arguments: ["11", "13", "0", "-12", "1e400", "\"12\"", "[]"]) func untrueTotalSize(size: String)
    throws
  {
    try writeSharded()
    try writeIndex([("a", first), ("b", first), ("c", second)], totalSize: size)
    #expect(try failure().kind == .inconsistentIndex)
  }

  @Test func tensorInTwoShards() throws {
    try writeSharded()
    try directory.write(second, shard("c", "a"))
    let error = try failure()
    #expect(error.kind == .inconsistentIndex && error.reason.contains("“a” is in two shards"))
  }

  @Test func unlistedShard() throws {
    try writeSharded()
    try directory.write("model-00003-of-00002.safetensors", shard("d"))
    #expect(try failure().kind == .inconsistentIndex)
  }

  @Test func symbolicLinks() throws {
    try writeSharded()
    let outside = try TemporaryDirectory()
    try outside.write("weights", shard("c"))
    let link = directory.url.appendingPathComponent(second)
    try FileManager.default.removeItem(at: link)
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: outside.url.appendingPathComponent("weights"))
    #expect(try failure().kind == .unsafePath)
    try FileManager.default.removeItem(at: link)
    try directory.write("inside", shard("c"))
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "inside")
    #expect(try open().tensorNames == ["b", "a", "c"])
  }

  @Test func linksOfADownloadCache() throws {
    try writeSharded()
    let cache = try TemporaryDirectory()
    let snapshot = cache.url.appendingPathComponent("snapshots/abc")
    try FileManager.default.createDirectory(at: snapshot, withIntermediateDirectories: true)
    for name in ["config.json", "model.safetensors.index.json", first, second] {
      try cache.write("blobs/\(name).blob", Data(contentsOf: directory.url.appendingPathComponent(name)))
      try FileManager.default.createSymbolicLink(
        atPath: snapshot.appendingPathComponent(name).path, withDestinationPath: "../../blobs/\(name).blob")
    }
    #expect(try Checkpoint(directory: snapshot).tensorNames == ["b", "a", "c"])
  }

  @Test func directoriesThatAreNoCheckpoints() throws {
    #expect(try failure().kind == .unreadable)
    try directory.write("pytorch_model.bin", [])
    #expect(try failure().reason.contains("pytorch_model.bin"))
    let empty = try TemporaryDirectory()
    #expect(throws: CheckpointError.self) { try Checkpoint(directory: empty.url) }
    #expect(throws: CheckpointError.self) {
      try Checkpoint(directory: empty.url.appendingPathComponent("absent"))
    }
    let file = directory.url.appendingPathComponent("config.json")
    #expect(throws: CheckpointError.self) { try Checkpoint(directory: file) }
  }

  @Test func fingerprintCoversContentsAndNotLayout() throws {
    try writeSharded()
    let original = try open().fingerprint()
    #expect(try open().fingerprint() == original)
    try directory.write(second, shard("c", fill: 3))
    #expect(try open().fingerprint() != original)
    try directory.write(second, shard("c", fill: 2))
    try directory.write("config.json", #"{"model_type": "mistral"}"#)
    #expect(try open().fingerprint() != original)

    try directory.write("config.json", #"{"model_type": "llama"}"#)
    try directory.write(
      "model.safetensors",
      safetensors(
        """
        {"c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},\
        "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}
        """) + [2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(try open().fingerprint() == original)
  }

  @Test func warnsOfNonFiniteValues() throws {
    try directory.write("model.safetensors", shard("w", fill: 0xFF))
    let warnings = try open().nonFiniteWarnings()
    #expect(warnings.map(\.message) == ["tensor “w” holds 1 values that are NaN or infinite."])
    try directory.write("model.safetensors", shard("w"))
    #expect(try open().nonFiniteWarnings().isEmpty)
  }

  @Test(.needsSharedData) func realCheckpoint() throws {
    let checkpoint = try Checkpoint(directory: SharedFolder.file("data/models/TinyStories-656K"))
    #expect(checkpoint.warnings.isEmpty)
    #expect(try checkpoint.nonFiniteWarnings().isEmpty)
    #expect(try checkpoint.configuration.attentionShape(width: 128).keyValueHeads == 4)
    #expect(try checkpoint.fingerprint().hex.count == 64)
  }
}
