import Foundation
import Ledger
import StrictJSON
import TestSupport
import Testing

/// What watches an edit, and what is left where it ends one.
@Suite struct GuardCommandTests {
  private let setUp: LedgerSetUp
  private var model: URL { setUp.edit.model }
  /// Settings that change far too much from the third batch on.
  private static let absurd = ["--clamp", "4", "--learning-rate", "1"]

  init() throws { setUp = try LedgerSetUp() }

  /// The growth of norms after each batch.
  private func growth(_ result: Program.Result) throws -> [Double] {
    try #require(result.json["checks"]?["guard"]?["readings"]?.array).compactMap { $0["norm_growth"]?.double }
  }

  @Test func absurdEditEndsWithTheBatchesBefore() throws {
    let (stopped, part) = (setUp.directory("stopped"), setUp.directory("part"))
    let result = try setUp.run(model, setUp.edit.facts, to: stopped, Self.absurd)
    #expect(result.status == 3)
    for words in [
      "error: stopped at batch 3 of 3: the perplexity", "Batches 1 to 2 (16 facts) are saved", "8 facts",
    ] {
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    let report = try result.json
    let guarded = try #require(report["checks"]?["guard"])
    #expect(guarded["readings"]?.array?.count == 3)
    #expect(guarded["stopped"]?["batch"]?.int == 3 && guarded["stopped"]?["facts_omitted"]?.int == 8)
    #expect(guarded["stopped"]?["breach"]?["bound"]?.string == "max_perplexity_growth")
    #expect(report["facts"]?.array?.count == 16)
    let record = try JSON.parse(Data(contentsOf: stopped.appendingPathComponent("alphaedit.json")))
    #expect(record["checks"]?["guard"] == guarded)

    try setUp.edited(model, setUp.facts(0..<16, named: "part.json"), to: part, Self.absurd)
    #expect(try setUp.weights(stopped) == setUp.weights(part))
    let verified = try setUp.succeed(["ledger", "verify", "--model", stopped.path, "--json"]).json
    #expect(verified["intact"]?.bool == true && verified["facts"]?.int == 16 && verified["steps"]?.int == 2)
    #expect(
      try setUp.edit.folder.names() == ["cache", "facts.json", "model", "part", "part.json", "stopped"])
  }

  @Test func badFirstBatchWritesNothing() throws {
    let worse = ["--clamp", "1000", "--learning-rate", "100", "--overwrite"]
    let output = setUp.directory("output")
    let refused = try setUp.run(model, setUp.edit.facts, to: output, worse)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(
      refused.errors.contains("stopped at batch 1 of 3") && refused.errors.contains("Nothing was written"),
      "\(refused.errors)")
    #expect(try setUp.edit.folder.names() == ["cache", "facts.json", "model"])
    // What is there already stays as it is.
    let before = try model.files()
    #expect(try setUp.run(model, setUp.edit.facts, to: model, worse).status == 1)
    #expect(try model.files() == before)
  }

  @Test func saneEditIsNotTouched() throws {
    let (watched, alone) = (setUp.directory("watched"), setUp.directory("alone"))
    let result = try setUp.edited(model, setUp.edit.facts, to: watched)
    let free = try setUp.edited(model, setUp.edit.facts, to: alone, ["--no-guard"])
    #expect(try setUp.weights(watched) == setUp.weights(alone))
    #expect(try growth(result).count == 3)
    #expect(try result.json["checks"]?["guard"]?["stopped"] == .null)
    #expect(try result.json["guard_seconds"]?.double != nil)
    #expect(try free.json["checks"]?["guard"] == .null)
    #expect(try result.json["facts"] == free.json["facts"])
  }

  /// Whatever the method, and whether or not its changes have factors.
  @Test(arguments: ["AlphaEdit", "MEMIT_rect", "ROME", "FT"])
  func lastGoodStateIsThatOfTheBatchesBefore(method: String) throws {
    let file = Package.llamaTiny.appendingPathComponent("hparams/\(method).json").path
    let more = ["--method", method, "--hparams", file]
    func arguments(_ facts: URL, _ output: String, _ extra: [String] = []) -> [String] {
      var arguments = setUp.edit.arguments(more + extra + ["--json"])
      arguments.removeSubrange(7..<9)
      arguments[4] = facts.path
      arguments[6] = setUp.directory(output).path
      return arguments
    }
    let whole = try setUp.succeed(arguments(setUp.edit.facts, "whole"))
    let growth = try growth(whole)
    try #require(growth.count == 3 && growth[0] < growth[1])
    let bound = ["--max-norm-growth", "\(growth[1] * 0.999)"]
    let stopped = try setUp.edit.program.run(arguments(setUp.edit.facts, "stopped", bound))
    #expect(stopped.status == 3 && stopped.errors.contains("Batch 1 (8 facts) is saved"), "\(stopped.errors)")
    try setUp.succeed(arguments(setUp.facts(0..<8, named: "part.json"), "part"))
    #expect(try setUp.weights(setUp.directory("stopped")) == setUp.weights(setUp.directory("part")))
  }

  /// A fact that gives way to one in a batch that is not kept stays.
  @Test func factsOfEarlierRunsStayWhereTheirReplacementsAreNotWritten() throws {
    let first = setUp.directory("first")
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: first)
    let records = try JSON.parse(Data(contentsOf: setUp.edit.facts)).array ?? []
    let request = try #require(records[2]["requested_rewrite"])
    let contradicting: JSON = [
      "subject": request["subject"] ?? .null, "prompt": request["prompt"] ?? .null,
      "target": request["target_true"]?["str"] ?? .null,
    ]
    let facts = try setUp.edit.folder.write("b.json", JSON(Array(records[8..<16]) + [contradicting]).text())
    let whole = try setUp.edited(first, facts, to: setUp.directory("whole"))
    #expect(try whole.json["replaced"]?.integers == [3])
    let growth = try growth(whole)
    try #require(growth.count == 2 && growth[0] < growth[1])

    let stopped = try setUp.run(
      first, facts, to: setUp.directory("stopped"), ["--max-norm-growth", "\(growth[1] * 0.999)"])
    #expect(stopped.status == 3, "\(stopped.errors)")
    #expect(try stopped.json["replaced"]?.integers == [])
    try setUp.edited(first, setUp.facts(8..<16, named: "c.json"), to: setUp.directory("part"))
    #expect(try setUp.weights(setUp.directory("stopped")) == setUp.weights(setUp.directory("part")))
    let log = try setUp.succeed(["ledger", "log", "--model", setUp.directory("stopped").path, "--json"]).json
    #expect(log["facts"]?.array?.count { $0["in_effect"]?.bool == true } == 16)
  }

  /// The published experiment goes on whatever happens, unless a bound is named.
  @Test func experimentEndsAtABoundAndGoesOnWithoutIt() throws {
    let tiny = Package.llamaTiny
    let arguments = [
      "evaluate", "--model_name", model.path, "--hparams_fname",
      tiny.appendingPathComponent("hparams/AlphaEdit.json").path, "--ds_name", setUp.edit.facts.path,
      "--num_edits", "8", "--skip_generation_tests", "--statistics",
      tiny.appendingPathComponent("statistics").path, "--context-templates",
      tiny.appendingPathComponent("context-templates.json").path, "--results_dir",
      setUp.directory("results").path, "--threads", "1", "--clamp", "4", "--learning-rate", "1",
    ]
    let stopped = try setUp.edit.program.run(arguments + ["--max-perplexity-growth", "3"])
    #expect(stopped.status == 3 && stopped.errors.contains("stopped at batch 3 of 3"), "\(stopped.errors)")
    let run = setUp.directory("results/AlphaEdit/run_000")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run.appendingPathComponent("batches").path).count
        == 2)
    let rest = try setUp.succeed(arguments + ["--continue_from_run", "run_000"])
    #expect(rest.output.contains("2 batches were put back"), "\(rest.output)")
  }

  @Test(arguments: [
    ["--max-perplexity-growth", "0"], ["--max-norm-growth", "-1"], ["--min-facts-kept", "1.5"],
    ["--no-guard", "--min-facts-kept", "0.5"], ["--max-norm-growth", "nan"],
  ])
  func boundsOutOfRangeAreWrongUsage(arguments: [String]) throws {
    let result = try setUp.edit.program.run(setUp.edit.arguments(arguments))
    #expect(result.status == 64 && result.output.isEmpty)
  }
}
