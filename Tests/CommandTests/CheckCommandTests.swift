import Checkpoints
import Foundation
import Ledger
import StrictJSON
import TestSupport
import Testing

/// `alphaedit check`: what is fit to ship, and which check tells what is not.
@Suite struct CheckCommandTests {
  private let setUp: LedgerSetUp
  private var edited: URL { setUp.directory("edited") }
  private static let editedTensor = "model.layers.2.mlp.down_proj.weight"
  private static let otherTensor = "model.layers.0.mlp.down_proj.weight"

  /// What the tiny model, which has room for next to nothing, keeps to.
  private static let bounds = [
    "--min-said", "0", "--min-said-freely", "0", "--min-paraphrases", "0", "--max-neighbor-loss", "1",
    "--max-perplexity-growth", "9", "--max-norm-ratio", "9", "--max-norm-growth", "9",
  ]

  init() throws {
    setUp = try LedgerSetUp()
    try setUp.edited(setUp.edit.model, setUp.edit.facts, to: edited)
  }

  private func check(_ more: [String] = bounds, base: URL? = nil) throws -> Program.Result {
    try setUp.edit.program.run(
      [
        "check", "--model", edited.path, "--base", (base ?? setUp.edit.model).path, "--threads", "1",
        "--json",
      ] + more)
  }

  /// The checks with a verdict.
  private func checks(_ verdict: String, _ result: Program.Result) throws -> [String] {
    try #require(result.json["checks"]?.array).filter { $0["verdict"]?.string == verdict }
      .compactMap { $0["check"]?.string }
  }

  private func detail(_ check: String, _ result: Program.Result) throws -> String {
    let found = try result.json["checks"]?.array?.first { $0["check"]?.string == check }
    return (found?["message"]?.string ?? "") + (found?["details"]?.array ?? []).compactMap(\.string).joined()
  }

  @Test func everythingIsMeasured() throws {
    let result = try check()
    #expect(result.status == 0, "\(result.errors)\(result.output)")
    let report = try result.json
    #expect(report["fit"]?.bool == true && report["facts"]?.int == 24)
    let all = [
      "files", "tensors", "finite", "norms", "changes", "ledger", "model", "said", "said_freely",
      "paraphrases",
      "neighbors", "perplexity", "ability",
    ]
    #expect(report["checks"]?.array?.compactMap { $0["check"]?.string } == all)
    #expect(try checks("not_measured", result) == ["ability"])
    for check in ["said", "paraphrases", "neighbors", "perplexity"] {
      let found = report["checks"]?.array?.first { $0["check"]?.string == check }
      #expect(found?["base"]?.double != nil && found?["edited"]?.double != nil, "\(check)")
    }
    // The edit's own report counts the same.
    let record = try JSON.parse(Data(contentsOf: edited.appendingPathComponent("alphaedit.json")))
    let said = try #require(report["checks"]?.array?.first { $0["check"]?.string == "said" })
    #expect(said["edited"] == record["checks"]?["share_said"])
    #expect(said["base"]?.double == 0)
  }

  @Test func factsThatAreNotSaidAreNamed() throws {
    let result = try check([])
    #expect(result.status == 1 && result.errors.contains("not fit to ship"), "\(result.errors)")
    #expect(try checks("fail", result).contains("said"))
    let missing = try #require(result.json["facts_not_said"]?.array)
    #expect(!missing.isEmpty && missing.allSatisfy { $0["continuation"]?.string != nil })
    #expect(try detail("said", result).contains("should go on with"))
  }

  /// What is done to a checkpoint, and the checks that tell.
  enum Damage: CaseIterable {
    case notANumber, blownUp, otherTensorChanged, tokenizerMissing, tokenizerChanged, weightsMissing,
      weightsCut
    case ledgerDamaged, recordDamaged

    var failures: Set<String> {
      switch self {
      case .notANumber: ["files", "finite", "norms", "changes", "ledger"]
      case .blownUp: ["files", "norms", "changes", "ledger", "perplexity"]
      case .otherTensorChanged: ["files", "tensors"]
      case .tokenizerMissing: ["files", "model"]
      case .tokenizerChanged, .weightsMissing, .weightsCut, .recordDamaged: ["files"]
      case .ledgerDamaged: ["ledger"]
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func damageIsToldByTheRightChecks(damage: Damage) throws {
    func file(_ name: String) -> URL { edited.appendingPathComponent(name) }
    switch damage {
    case .notANumber: try change(Self.editedTensor) { $0[5] = .nan }
    case .blownUp: try change(Self.editedTensor) { for index in $0.indices { $0[index] *= 100 } }
    case .otherTensorChanged: try change(Self.otherTensor) { $0[7] += 1e-3 }
    case .tokenizerMissing: try FileManager.default.removeItem(at: file("tokenizer.json"))
    case .tokenizerChanged:
      let bytes = try Data(contentsOf: file("tokenizer_config.json"))
      try (bytes + Data(" ".utf8)).write(to: file("tokenizer_config.json"))
    case .weightsMissing: try FileManager.default.removeItem(at: file(LedgerSetUp.weights))
    case .weightsCut:
      try Data(contentsOf: file(LedgerSetUp.weights)).dropLast(4).write(to: file(LedgerSetUp.weights))
    case .ledgerDamaged: try Data(repeating: 7, count: 5000).write(to: file(Ledger.fileName))
    case .recordDamaged: try Data("{".utf8).write(to: file(EditedCheckpoint.recordName))
    }
    let result = try check()
    #expect(result.status == 1, "\(result.errors)")
    #expect(try Set(checks("fail", result)) == damage.failures, "\(result.output)")
    #expect(try result.json["fit"]?.bool == false)
  }

  /// Changes the float32 elements of a tensor in the edited checkpoint's file.
  private func change(_ tensor: String, _ body: (inout [Float]) -> Void) throws {
    let url = edited.appendingPathComponent(LedgerSetUp.weights)
    let place = try Checkpoint(directory: edited).tensor(tensor).info.byteRange
    var bytes = try Data(contentsOf: url)
    var values = bytes.withUnsafeBytes { bytes in
      stride(from: place.lowerBound, to: place.upperBound, by: 4).map {
        bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)
      }
    }
    body(&values)
    bytes.replaceSubrange(place, with: values.withUnsafeBytes { Data($0) })
    try bytes.write(to: url)
  }

  @Test func withoutLedgerFactsMustBeNamed() throws {
    try FileManager.default.removeItem(at: edited.appendingPathComponent(Ledger.fileName))
    let unknown = try check()
    #expect(unknown.status == 2 && unknown.errors.contains("--facts FILE"), "\(unknown.errors)")
    let result = try check(Self.bounds + ["--facts", setUp.edit.facts.path])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try checks("not_measured", result) == ["ledger", "ability"])
    // Which tensors were edited, alphaedit.json tells too.
    try change(Self.otherTensor) { $0[7] += 1e-3 }
    #expect(
      try checks("fail", check(Self.bounds + ["--facts", setUp.edit.facts.path])) == ["files", "tensors"])
  }

  @Test func recordsThatAreGoneAreNamed() throws {
    let records = setUp.directory("records.json")
    try FileManager.default.moveItem(at: setUp.edit.facts, to: records)
    let result = try check()
    #expect(result.status == 0)
    #expect(try checks("not_measured", result) == ["paraphrases", "neighbors", "ability"])
    #expect(try detail("paraphrases", result).contains("facts.json"))
    #expect(try checks("not_measured", check(Self.bounds + ["--facts", records.path])) == ["ability"])
  }

  @Test func anotherBaseIsTold() throws {
    let other = setUp.directory("other")
    try setUp.edited(setUp.edit.model, setUp.facts(0..<8, named: "a.json"), to: other, ["--seed", "1"])
    let result = try check(base: other)
    #expect(result.status == 1)
    #expect(try detail("ledger", result).contains("give the unedited checkpoint"))
  }

  @Test func whatCannotBeCheckedEndsWith2() throws {
    let missing = setUp.directory("missing").path
    for more in [
      ["--base", missing], ["--model", missing], ["--corpus", missing], ["--ability", setUp.edit.model.path],
      ["--facts", missing],
    ] {
      var arguments = ["check", "--model", edited.path, "--base", setUp.edit.model.path]
      if let place = arguments.firstIndex(of: more[0]) {
        arguments[place + 1] = more[1]
      } else {
        arguments += more
      }
      let result = try setUp.edit.program.run(arguments)
      #expect(result.status == 2 && result.output.isEmpty, "\(more)")
      #expect(result.errors.hasPrefix("error: \(more[1])"), "\(result.errors)")
    }
  }

  @Test func abilityIsTested() throws {
    let records = (0..<16).map {
      ["sentence": JSON("a film to remember \($0)"), "label": JSON($0 % 2)] as JSON
    }
    let folder = try setUp.edit.folder.write("ability/sst2.json", JSON(records).text())
      .deletingLastPathComponent()
    let result = try check(Self.bounds + ["--ability", folder.path, "--max-ability-loss", "1"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try checks("not_measured", result) == [])
    #expect(try detail("ability", result).contains("mean of 1 tasks"))
  }

  @Test func questionsLongerThanTheModelAreLeftOut() throws {
    try setUp.edit.folder.writeAbilityTasks(below: "ability")
    let long = String(repeating: "the river ", count: 300)
    let records = (0..<12).map {
      [
        "question": JSON($0 == 10 ? long : "Which?"), "choices": ["a", "b", "c", "d"], "answer": JSON($0 % 4),
      ] as JSON
    }
    let folder = try setUp.edit.folder.write("ability/mmlu.json", JSON(records).text())
      .deletingLastPathComponent()
    let page = setUp.edit.folder["check.html"]
    let arguments = Self.bounds + ["--ability", folder.path, "--max-ability-loss", "1", "--html", page.path]
    let result = try check(arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try detail("ability", result).contains("mean of 6 tasks, 1 questions left out"))
    let notice = "MMLU: 1 of 2 questions were left out"
    #expect(try result.json["warnings"]?.array?.contains { $0.string?.hasPrefix(notice) == true } == true)
    #expect(result.errors.contains(notice))
    #expect(try String(contentsOf: page, encoding: .utf8).contains(notice))

    let only = try setUp.edit.folder.write(
      "long/mmlu.json", JSON(Array(repeating: records[10], count: 12)).text())
    let none = try check(Self.bounds + ["--ability", only.deletingLastPathComponent().path])
    #expect(none.status == 0, "\(none.errors)")
    #expect(try checks("not_measured", none) == ["ability"])
    #expect(try detail("ability", none).contains("all 2 questions are longer"))
  }

  @Test(arguments: [["--min-said", "2"], ["--max-norm-ratio", "0.5"], ["--max-perplexity-growth", "-1"]])
  func boundsOutOfRangeAreWrongUsage(more: [String]) throws {
    #expect(try check(more).status == 64)
  }
}

/// A good edit of the bundled model.
@Suite struct FitCheckpointTests {
  @Test func goodEditOfTheBundledModelIsFitToShip() throws {
    let folder = try TemporaryDirectory()
    let program = Program(cache: folder["cache"])
    let demo = Package.root.appendingPathComponent("Sources/alphaedit/Resources/demo")
    func file(_ name: String) -> String { demo.appendingPathComponent(name).path }
    let records = try JSON.parse(Data(contentsOf: demo.appendingPathComponent("facts.json"))).array ?? []
    let facts = try folder.write("facts.json", JSON(Array(records.prefix(50))).text())
    let edited = try program.run([
      "edit", "--model", file("model"), "--facts", facts.path, "--output", folder["edited"].path, "--hparams",
      file("hparams.json"), "--context-templates", file("context-templates.json"), "--statistics",
      file("statistics"),
      "--held-back", file("held-back.txt"),
    ])
    try #require(edited.status == 0, "\(edited.errors)")
    let result = try program.run([
      "check", "--model", folder["edited"].path, "--base", file("model"), "--corpus", file("held-back.txt"),
      "--html",
      folder["check.html"].path,
    ])
    #expect(result.status == 0, "\(result.errors)\(result.output)")
    #expect(result.output.contains("edited against model, 50 facts: fit to ship\n"), "\(result.output)")
    #expect(!result.output.contains("✗"))
    let page = try String(contentsOf: folder["check.html"], encoding: .utf8)
    #expect(page.contains("edited is fit to ship") && !page.contains("<script"))
  }
}
