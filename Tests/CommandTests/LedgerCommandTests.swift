import Checkpoints
import Foundation
import Ledger
import StrictJSON
import TestSupport
import Testing

/// The history of an edited checkpoint, from `alphaedit edit` to `alphaedit ledger`.
@Suite struct LedgerCommandTests {
  private let setUp: LedgerSetUp
  private var model: URL { setUp.edit.model }

  init() throws { setUp = try LedgerSetUp() }

  @Test func editLeavesALedgerThatMakesItsWeights() throws {
    let edited = setUp.directory("edited")
    let report = try setUp.edited(model, setUp.edit.facts, to: edited).json
    let log = try setUp.succeed(["ledger", "log", "--model", edited.path, "--json"]).json
    let facts = try #require(log["facts"]?.array)
    #expect(facts.count == 24 && log["steps"]?.array?.count == 3)
    #expect(
      facts.compactMap { $0["after"]?["target_mean_log_probability"]?.double }
        == report["facts"]?.array?.compactMap { $0["after"]?["target_mean_log_probability"]?.double })
    #expect(log["base"]?["fingerprint"]?.string == (try Checkpoint(directory: model).fingerprint().hex))
    let run = try #require(log["runs"]?.array?.first)
    #expect(run["settings"]?["method"]?.string == "AlphaEdit" && run["author"]?.string?.isEmpty == false)

    let checkpoint = try Checkpoint(directory: edited)
    let last = try #require(log["steps"]?.array?.last?["weights"]?.object)
    #expect(last.members.count == 3)
    for (name, hash) in last.members {
      let found = try checkpoint.tensor(name.text).withBytes { ContentHash(of: $0) }
      #expect(hash.string == found.hex)
    }
    let verified = try setUp.succeed(["ledger", "verify", "--model", edited.path, "--json"]).json
    #expect(verified["intact"]?.bool == true && verified["steps"]?.int == 3)

    let shown = try setUp.succeed(["ledger", "show", "17", "--model", edited.path, "--json"]).json
    #expect(
      shown["fact"]?["step"]?.string == "s3"
        && shown["fact"]?["subject"]?.string == facts[16]["subject"]?.string)
    let difference = try setUp.succeed(["ledger", "diff", "s1", "s3", "--model", edited.path, "--json"]).json
    #expect(difference["gained"]?.array?.compactMap { $0["id"]?.int } == Array(9...24))
    let unknown = try setUp.edit.program.run(["ledger", "show", "s4", "--model", edited.path])
    #expect(unknown.status == 1 && unknown.errors.contains("“s4”"), "\(unknown.errors)")
  }

  @Test func continuingIsAsIfAllWereOneRun() throws {
    let (whole, first, second) = (
      setUp.directory("whole"), setUp.directory("first"), setUp.directory("second")
    )
    try setUp.edited(model, setUp.edit.facts, to: whole)
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: first)
    try setUp.edited(first, setUp.facts(8..<24, named: "b.json"), to: second)
    #expect(try setUp.weights(second) == setUp.weights(whole))
    let log = try setUp.succeed(["ledger", "log", "--model", second.path, "--json"]).json
    #expect(log["runs"]?.array?.count == 2 && log["facts"]?.array?.count == 24)
    #expect(
      try setUp.succeed(["ledger", "verify", "--model", second.path, "--json"]).json["intact"]?.bool == true)
  }

  @Test func undoGivesTheBytesBefore() throws {
    let (whole, part, undone) = (
      setUp.directory("whole"), setUp.directory("part"), setUp.directory("undone")
    )
    try setUp.edited(model, setUp.edit.facts, to: whole)
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: part)
    try setUp.succeed([
      "ledger", "undo", "--batches", "2", "--model", whole.path, "--output", undone.path,
    ])
    #expect(try setUp.weights(undone) == setUp.weights(part))
    #expect(
      try setUp.succeed(["ledger", "verify", "--model", undone.path, "--json"]).json["facts"]?.int == 8)

    let tooMany = try setUp.edit.program.run(["ledger", "undo", "--batches", "4", "--model", whole.path])
    #expect(tooMany.status == 1 && tooMany.errors.contains("the ledger holds 3"), "\(tooMany.errors)")
    // All of it, in place: the base, without a history.
    try setUp.succeed(["ledger", "undo", "--batches", "3", "--model", whole.path])
    #expect(try setUp.weights(whole) == setUp.weights(model))
    #expect(try !FileManager.default.contentsOfDirectory(atPath: whole.path).contains(Ledger.fileName))
    #expect(
      try setUp.edit.folder.names() == ["a.json", "cache", "facts.json", "model", "part", "undone", "whole"])
  }

  @Test func baseOverwrittenByItsEditIsKept() throws {
    let original = try setUp.weights(model)
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: model, ["--overwrite"])
    try setUp.edited(model, setUp.facts(8..<16, named: "b.json"), to: model, ["--overwrite"])
    #expect(
      try setUp.succeed(["ledger", "verify", "--model", model.path, "--json"]).json["intact"]?.bool == true)
    try setUp.succeed(["ledger", "undo", "--batches", "2", "--model", model.path])
    #expect(try setUp.weights(model) == original)
  }

  @Test func removedFactsAreGoneAndOthersStay() throws {
    let (edited, removed) = (setUp.directory("edited"), setUp.directory("removed"))
    try setUp.edited(model, setUp.edit.facts, to: edited)
    let result = try setUp.succeed([
      "ledger", "remove", "3", "10", "22", "--model", edited.path, "--output", removed.path, "--json",
    ]).json
    let gone = try #require(result["removed"]?.array)
    #expect(gone.compactMap { $0["fact"]?["id"]?.int } == [3, 10, 22])
    // In so small a model what others say of the same relation carries over, so one of them may stay by itself.
    #expect(gone.count { $0["as_unedited"]?.bool == true } >= 2)
    let others = try #require(result["others"])
    let (before, after) = (try #require(others["said_before"]?.int), try #require(others["said_after"]?.int))
    #expect(after >= before - 1, "\(before) → \(after)")
    #expect(
      try setUp.succeed(["ledger", "verify", "--model", removed.path, "--json"]).json["intact"]?.bool == true)
    let again = try setUp.edit.program.run(["ledger", "remove", "10", "--model", removed.path])
    #expect(again.status == 1 && again.errors.contains("fact 10: not in effect"), "\(again.errors)")
    // A removal is a step like others.
    try setUp.succeed(["ledger", "undo", "--model", removed.path])
    #expect(try setUp.weights(removed) == setUp.weights(edited))
  }

  @Test func contradictingFactReplacesTheEarlier() throws {
    let (first, second) = (setUp.directory("first"), setUp.directory("second"))
    try setUp.edited(model, setUp.facts(0..<16, named: "a.json"), to: first)
    let records = try JSON.parse(Data(contentsOf: setUp.edit.facts)).array ?? []
    let request = try #require(records[2]["requested_rewrite"])
    let (old, new) = (
      try #require(request["target_new"]?["str"]?.string),
      try #require(request["target_true"]?["str"]?.string)
    )
    let fact: JSON = [
      "subject": request["subject"] ?? .null, "prompt": request["prompt"] ?? .null, "target": JSON(new),
      "ground_truth": JSON(old),
    ]
    let facts = try setUp.edit.folder.write("b.json", JSON([fact]).text())
    let result = try setUp.edited(first, facts, to: second)
    #expect(try result.json["replaced"]?.integers == [3])
    #expect(result.errors.contains("replaces its target “ \(old)” by “ \(new)”"), "\(result.errors)")
    let log = try setUp.succeed(["ledger", "log", "--model", second.path, "--json"]).json
    let former = try #require(log["facts"]?.array?[2])
    #expect(former["in_effect"]?.bool == false && former["replaced_by"]?.int == 17)
    #expect(try result.json["facts"]?.array?.first?["after"]?["said"]?.bool == true)
    try setUp.succeed(["ledger", "undo", "--model", second.path])
    #expect(try setUp.weights(second) == setUp.weights(first))
  }

  @Test func movedOrChangedFilesAreTold() throws {
    let (edited, moved) = (setUp.directory("edited"), setUp.directory("moved"))
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: edited)
    try FileManager.default.moveItem(at: model, to: moved)
    let missing = try setUp.edit.program.run(["ledger", "undo", "--model", edited.path])
    #expect(missing.status == 1 && missing.errors.contains("--base DIR"), "\(missing.errors)")
    try setUp.succeed(["ledger", "verify", "--model", edited.path, "--base", moved.path])
    let wrong = try setUp.edit.program.run([
      "ledger", "verify", "--model", edited.path, "--base", edited.path,
    ])
    #expect(wrong.status == 1 && wrong.errors.contains("not the checkpoint"), "\(wrong.errors)")

    // The last byte is within the last tensor; the first edited tensor is found by its hash.
    let file = edited.appendingPathComponent(LedgerSetUp.weights)
    let tensor = try Checkpoint(directory: edited).tensor("model.layers.2.mlp.down_proj.weight")
    let header =
      8 + Int(try Data(contentsOf: file).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    var bytes = try Data(contentsOf: file)
    let place = try #require(tensor.withBytes { bytes.range(of: Data($0), in: header..<bytes.count) })
    bytes[place.lowerBound] ^= 1
    try bytes.write(to: file)
    let undo = try setUp.edit.program.run(["ledger", "undo", "--model", edited.path, "--base", moved.path])
    #expect(undo.status == 1 && undo.errors.contains("changed by another program"), "\(undo.errors)")
    let verified = try setUp.edit.program.run([
      "ledger", "verify", "--model", edited.path, "--base", moved.path, "--json",
    ])
    #expect(verified.status == 1)
    #expect(try verified.json["differences"]?.array?.count == 1)
  }

  @Test func otherMethodsNeedANewLedger() throws {
    let (edited, other) = (setUp.directory("edited"), setUp.directory("other"))
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: edited)
    let facts = try setUp.facts(8..<16, named: "b.json")
    let more = ["--method", "MEMIT", "--moment-weight", "100"]
    let refused = try setUp.run(edited, facts, to: other, more)
    #expect(refused.status == 1 && refused.errors.contains("--new-ledger"), "\(refused.errors)")
    try setUp.edited(edited, facts, to: other, more + ["--new-ledger"])
    let log = try setUp.succeed(["ledger", "log", "--model", other.path, "--json"]).json
    #expect(
      log["facts"]?.array?.count == 8 && log["base"]?["path"]?.string == edited.resolvingSymlinksInPath().path
    )
  }

  @Test func secondWriterIsToldWhoWrites() throws {
    let edited = setUp.directory("edited")
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: edited)
    let lock = try DestinationLock(for: edited.resolvingSymlinksInPath())
    let refused = try setUp.edit.program.run(["ledger", "undo", "--model", edited.path])
    #expect(
      refused.status == 1
        && refused.errors.contains("process \(ProcessInfo.processInfo.processIdentifier) on"))
    // Reading goes on.
    try setUp.succeed(["ledger", "log", "--model", edited.path])
    withExtendedLifetime(lock) {}
  }

  @Test func factsCanBeWrittenAgainElsewhere() throws {
    let edited = setUp.directory("edited")
    try setUp.edited(model, setUp.facts(0..<8, named: "a.json"), to: edited)
    let exported = try setUp.succeed(["ledger", "export", "--model", edited.path]).output
    #expect(exported.split(separator: "\n").count == 8)
    let again = setUp.directory("again")
    try setUp.edited(model, setUp.edit.folder.write("exported.jsonl", exported), to: again)
    #expect(try setUp.weights(again) == setUp.weights(edited))
  }
}
