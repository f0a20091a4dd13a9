import Checkpoints
import Foundation
import StrictJSON
import Testing
import TestSupport

/// Odd inputs of each kind through the program: it succeeds where they are valid, and else ends with 1, names what is at fault and
/// leaves nothing behind.
@Suite struct HostileInputTests {
  private let edit: TinyEdit

  init() throws { edit = try TinyEdit() }

  private func expectRefusal(
    _ words: String..., arguments: [String]? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try edit.program.run(arguments ?? edit.arguments())
    #expect(result.status == 1, "\(result.output)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        result.errors.contains(word), "“\(word)” is not in: \(result.errors.prefix(2000))",
        sourceLocation: sourceLocation)
    }
    #expect(result.errors.utf8.count < 100_000, sourceLocation: sourceLocation)
    #expect(!FileManager.default.fileExists(atPath: edit.output.path), sourceLocation: sourceLocation)
  }

  private func expectSuccess(
    _ arguments: [String]? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // What such inputs make of the model is not what the guard would let pass.
    let result = try edit.program.run((arguments ?? edit.arguments()) + ["--no-guard"])
    #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    let warnings = try Checkpoint(directory: edit.output).nonFiniteWarnings()
    #expect(warnings.isEmpty, "\(warnings)", sourceLocation: sourceLocation)
  }

  // MARK: Facts

  @Test func factsOfManyScripts() throws {
    let facts = """
      \u{FEFF}{"subject": "Greta Archer", "prompt": "{} plays the sport of", "target": "hockey"}\r
      {"subject": "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "prompt": "\u{5E2}\u{5D9}\u{5E8} {} \u{5D4}\u{5D9}\u{5D0}", "target": "\u{6771}\u{4EAC}"}\r
      {"subject": "\u{1F469}\u{200D}\u{1F680}", "prompt": "The home of {}", "target": "caf\u{E9}"}\r
      {"subject": "Karla Quist", "prompt": "Karla Quist plays the sport of", "target": "hockey"}\r\n
      """
    try Data(facts.utf8).write(to: edit.facts)
    try expectSuccess()
  }

  @Test func factsThatCannotBe() throws {
    let fact = { (subject: String, prompt: String, target: String) -> String in
      JSON.object(
        JSONObject([
          (JSONString("subject"), JSON(subject)), (JSONString("prompt"), JSON(prompt)),
          (JSONString("target"), JSON(target)),
        ])
      ).text()
    }
    let cases: [(text: String, words: String)] = [
      ("", "facts.json"), ("subject,prompt,target\n\"a\",\"b {}\",c\n", "facts.json"),
      (fact("Greta", "She plays", "x"), "line 1"), (fact("Greta", "{} and {}", "x"), "line 1"),
      (fact("", "{} plays", "x"), "line 1"), (fact("Greta", "{} plays", ""), "line 1"),
      (fact("Greta", "{} plays", "   "), "line 1"), ("{\"subject\": \"\\ud800\"}", "line 1"),
      (String(repeating: "[", count: 100_000), "facts.json"),
      // Ten megabytes in a line, more than the model reaches.
      (fact("Greta", "{} plays" + String(repeating: " the sport of", count: 800_000), "x"), "tokens"),
    ]
    for (text, words) in cases {
      try Data(text.utf8).write(to: edit.facts)
      try expectRefusal(words)
    }
  }

  @Test func targetThatIsTrueAlready() throws {
    let records = try JSON.parse(Data(contentsOf: edit.facts)).array ?? []
    let request = try #require(records.first?["requested_rewrite"])
    let fact: JSON = [
      "subject": request["subject"] ?? .null, "prompt": request["prompt"] ?? .null,
      "target": JSON(try #require(request["target_true"]?["str"]?.string)),
    ]
    try Data(JSON([fact, fact]).serialized()).write(to: edit.facts)
    try expectSuccess()
  }

  // MARK: Numbers

  /// Statistics of the recorded width, each element by its place.
  private func statistics(_ element: (Int, Int) -> Float) throws -> URL {
    let recorded = Package.llamaTiny.appendingPathComponent("statistics")
    let folder = edit.folder["statistics"]
    for name in try FileManager.default.contentsOfDirectory(atPath: recorded.path)
    where name.hasSuffix(".npz") {
      let width = try #require(
        try NpzFile(contentsOf: recorded.appendingPathComponent(name)).array("mom2.mom2").shape.first)
      try edit.folder.write("statistics/\(name)", "")
      try NpzWriter.write(
        [
          NewNumpyArray(name: "mom2.constructor", "util.runningstats.SecondMoment()"),
          NewNumpyArray(name: "mom2.count", 100),
          NewNumpyArray(
            name: "mom2.mom2", shape: [width, width],
            floats: (0..<width * width).map { element($0 / width, $0 % width) }),
          NewNumpyArray(name: "sample_size", 300),
        ], to: folder.appendingPathComponent(name), overwrite: true)
    }
    return folder
  }

  @Test func statisticsThatAreDegenerate() throws {
    // Nothing is known: all may change. One direction is known. Rounding has made an eigenvalue negative.
    for element: (Int, Int) -> Float in [
      { _, _ in 0 }, { _, _ in 1 }, { $0 == $1 ? 1 : $0 + $1 == 1 ? 1.00001 : 0 },
    ] {
      try? FileManager.default.removeItem(at: edit.output)
      try expectSuccess(edit.arguments(statistics: statistics(element)))
    }
    try? FileManager.default.removeItem(at: edit.output)
    // All is known: nothing may change.
    try expectRefusal(
      "block 1", "threshold", arguments: edit.arguments(statistics: statistics { $0 == $1 ? 1e6 : 0 }))
    try expectRefusal("NaN or infinite", arguments: edit.arguments(statistics: statistics { _, _ in .nan }))
  }

  /// Replaces the elements of the weights, tensor by tensor.
  private func rewriteWeights(
    as dtype: StoredType, _ convert: (_ tensor: String, Float) -> [UInt8]
  ) throws {
    let url = edit.model.appendingPathComponent("model.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    let tensors = try file.tensors.map { info in
      let stored = try #require(file[info.name])
      let bytes = try stored.withBytes { bytes in
        stride(from: 0, to: bytes.count, by: 4).flatMap { place in
          convert(
            info.name,
            Float(
              bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))))
        }
      }
      return NewTensor(name: info.name, dtype: dtype, shape: info.shape, bytes: bytes)
    }
    try SafetensorsWriter.write(tensors, to: url, overwrite: true)
  }

  private static func float32(_ value: Float) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func weightsOfHalfPrecision() throws {
      try rewriteWeights(as: .float16) {
        withUnsafeBytes(of: Float16($1).bitPattern.littleEndian) { Array($0) }
      }
      for dtype in ["bfloat16", "float32"] {
        try? FileManager.default.removeItem(at: edit.output)
        try expectSuccess(edit.arguments(["--dtype", dtype]))
        let tensors = try Checkpoint(directory: edit.output).shards.flatMap(\.file.tensors)
        #expect(tensors.allSatisfy { $0.dtype == .float16 })
      }
    }
  #endif

  @Test func weightsOfBrainFloats() throws {
    try rewriteWeights(as: .bfloat16) {
      withUnsafeBytes(of: UInt16(truncatingIfNeeded: $1.bitPattern >> 16).littleEndian) { Array($0) }
    }
    try expectSuccess(edit.arguments(["--dtype", "bfloat16"]))
  }

  @Test func weightsThatAreNotFinite() throws {
    try rewriteWeights(as: .float32) { name, value in
      Self.float32(name == "model.layers.0.mlp.down_proj.weight" ? .nan : value)
    }
    try expectRefusal("not finite")
  }

  @Test func weightsThatOverflow() throws {
    try rewriteWeights(as: .float32) { name, value in
      Self.float32(name == "model.layers.1.mlp.down_proj.weight" ? value * 1e38 : value)
    }
    try expectRefusal("finite")
  }

  @Test func settingsThatLeadNowhere() throws {
    for (option, value) in [("--threshold", "-1"), ("--threshold", "nan"), ("--learning-rate", "0")] {
      let result = try edit.program.run(edit.arguments([option, value]))
      #expect(result.status != 0 && !result.errors.isEmpty, "\(option) \(value): \(result.output)")
      #expect(!FileManager.default.fileExists(atPath: edit.output.path))
    }
  }

  // MARK: Files of models

  @Test func filesNestedWithoutEnd() throws {
    let deep = Data((String(repeating: "{\"a\":", count: 200_000)).utf8)
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
      let file = edit.model.appendingPathComponent(name)
      let whole = try Data(contentsOf: file)
      try deep.write(to: file)
      try expectRefusal(name)
      try whole.write(to: file)
    }
  }

  @Test func vocabularyOfAnotherSize() throws {
    let file = edit.model.appendingPathComponent("config.json")
    var configuration = try #require(try JSON.parse(Data(contentsOf: file)).object)
    let size = try #require(configuration["vocab_size"]?.int)
    configuration["vocab_size"] = JSON(size + 1)
    try Data(JSON.object(configuration).serialized()).write(to: file)
    try expectRefusal("model.embed_tokens.weight", "\(size + 1)")
  }

  @Test func weightsThatAreALinkOutOfTheShards() throws {
    let weights = edit.model.appendingPathComponent("model.safetensors")
    let outside = edit.folder["outside.safetensors"]
    try FileManager.default.moveItem(at: weights, to: outside)
    let shard = "model-00001-of-00001.safetensors"
    try FileManager.default.createSymbolicLink(
      at: edit.model.appendingPathComponent(shard), withDestinationURL: outside)
    let map = try SafetensorsFile(contentsOf: outside).tensors.map { (JSONString($0.name), JSON(shard)) }
    let index: JSON = ["metadata": [:], "weight_map": .object(JSONObject(map))]
    try Data(index.serialized()).write(to: edit.model.appendingPathComponent("model.safetensors.index.json"))
    try expectRefusal(shard, "symbolic link")
  }

  // MARK: Ledgers and deltas

  @Test func ledgersAndDeltasOfOthers() throws {
    try expectSuccess()
    let ledger = edit.output.appendingPathComponent("ledger.sqlite")
    let whole = try Data(contentsOf: ledger)
    var log = whole
    log[18] = 2
    for bytes in [Data(), Data("text".utf8), whole.prefix(5000), log] {
      try bytes.write(to: ledger)
      for command in [["log"], ["verify"], ["undo"], ["remove", "1"]] {
        let result = try edit.program.run(["ledger"] + command + ["--model", edit.output.path])
        #expect(result.status == 1 && result.errors.contains("ledger.sqlite"), "\(command): \(result.errors)")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: edit.output.path)
      #expect(!names.contains { $0.hasPrefix("ledger.sqlite-") }, "\(names)")
    }
    try edit.folder.write("delta/delta.safetensors", whole)
    let applied = try edit.program.run([
      "apply", "--model", edit.model.path, "--delta", edit.folder["delta"].path, "--output",
      edit.folder["applied"].path,
    ])
    #expect(applied.status == 1 && applied.errors.contains("delta.safetensors"), "\(applied.errors)")
    #expect(!FileManager.default.fileExists(atPath: edit.folder["applied"].path))
  }
}
