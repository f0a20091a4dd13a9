import Checkpoints
import Foundation
import Ledger
import Testing
import TestSupport

/// Every command that writes a checkpoint or what is exported of it, killed at random moments: what it was to change is as it
/// was, or changed as a whole, and the next run is not hindered by what the killed one left.
///
/// Scripts/fault-injection kills many more.
@Suite(.serialized) struct KilledChangesTests {
  /// A command, what it writes, and whether that is there before.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var arguments: @Sendable (_ edited: URL, _ work: URL) -> [String]
    /// Whether `work` is a copy of the edited checkpoint at first, instead of not being there.
    var isInPlace: Bool

    static let all = [
      Change(
        testDescription: "undo", arguments: { ["ledger", "undo", "--model", $1.path] }, isInPlace: true),
      Change(
        testDescription: "remove", arguments: { ["ledger", "remove", "3", "20", "--model", $1.path] },
        isInPlace: true),
      Change(
        testDescription: "export checkpoint",
        arguments: { ["export", "--model", $0.path, "--output", $1.path] }, isInPlace: false),
      Change(
        testDescription: "export adapter",
        arguments: { ["export", "--as", "adapter", "--model", $0.path, "--output", $1.path] },
        isInPlace: false),
      Change(
        testDescription: "export delta",
        arguments: { ["export", "--as", "delta", "--model", $0.path, "--output", $1.path] }, isInPlace: false),
    ]
  }

  /// How often each command is killed.
  private static let rounds =
    ProcessInfo.processInfo.environment["ALPHAEDIT_FAULT_ROUNDS"].flatMap { Int($0) } ?? 2
  /// How often more where all of these came too late.
  private static let furtherRounds = 10

  private let setUp: LedgerSetUp
  private var edited: URL { setUp.directory("edited") }
  private var work: URL { setUp.directory("work") }

  init() throws { setUp = try LedgerSetUp() }

  @Test(arguments: Change.all) func killedAtRandomMoments(_ change: Change) throws {
    try setUp.edited(setUp.edit.model, setUp.edit.facts, to: edited)
    let arguments = change.arguments(edited, work)
    let (old, new, time) = try undisturbed(change, arguments)
    try killAtRandomMoments(
      change.testDescription, arguments, taking: time, writingIn: 0.7...1.1, before: { try restore(change) }
    ) { share in
      let now = try state()
      #expect(now == old || now == new, "\(change.testDescription), killed after \(share) of the time")
      if change.isInPlace { try checkLedgerAgrees() }
    }

    try restore(change)
    try setUp.succeed(arguments)
    #expect(try state() == new)
    #expect(
      try setUp.edit.folder.names() == ["cache", "edited", "facts.json", "model", "work"],
      "the last run removes what the killed ones left")
  }

  @Test func editKilledAtRandomMoments() throws {
    let edit = setUp.edit
    let clock = ContinuousClock()
    let start = clock.now
    try setUp.edited(edit.model, edit.facts, to: edited)
    let time = start.duration(to: clock.now) / .seconds(1)
    let (old, new) = (try edit.model.files(), try edited.filesButTheLedger())
    try killAtRandomMoments(
      "edit", edit.arguments(["--overwrite"]), taking: time, writingIn: 0.8...1.1,
      before: {
        try? FileManager.default.removeItem(at: edited)
        try FileManager.default.copyItem(at: edit.model, to: edited)
      }
    ) { share in
      let now = try edited.filesButTheLedger()
      #expect(now == old || now == new, "edit, killed after \(share) of the time")
    }
    try setUp.succeed(edit.arguments(["--overwrite"]))
    #expect(try edited.filesButTheLedger() == new)
    #expect(try edit.folder.names() == ["cache", "edited", "facts.json", "model"])
  }

  /// Kills a command at random moments, at least one of them before it ends by itself.
  ///
  /// - Parameters:
  ///   - time: the seconds that it took undisturbed.
  ///   - late: the share of the time in which it writes, which comes last: half of the moments are there.
  ///   - prepare: makes what it is to change.
  ///   - check: looks at what a killed one has left, and is told after what share of the time that was.
  private func killAtRandomMoments(
    _ name: String, _ arguments: [String], taking time: Double, writingIn late: ClosedRange<Double>,
    before prepare: () throws -> Void, check: (_ share: Double) throws -> Void
  ) throws {
    var (killed, round) = (0, 0)
    var scale = 1.0
    while round < Self.rounds || (killed == 0 && (1..<Self.rounds + Self.furtherRounds).contains(round)) {
      try prepare()
      let process = try setUp.edit.program.start(arguments)
      let share = Double.random(in: round % 2 == 0 ? 0...1 : late) * scale
      Thread.sleep(forTimeInterval: share * time)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      killed += process.terminationReason == .uncaughtSignal ? 1 : 0
      try check(share)
      round += 1
      // A machine that was busy when the time was taken is now faster: look earlier.
      if killed == 0, round >= Self.rounds { scale /= 2 }
    }
    #expect(killed > 0 || Self.rounds == 0, "at least one run is stopped in its course")
    print("\(name): \(killed) of \(round) runs were killed in their course")
  }

  /// The state before a change, that after one which nothing disturbs, and the time it takes in seconds.
  private func undisturbed(
    _ change: Change, _ arguments: [String]
  ) throws -> (old: [String: Data]?, new: [String: Data]?, time: Double) {
    try restore(change)
    let old = try state()
    let clock = ContinuousClock()
    let start = clock.now
    try setUp.succeed(arguments)
    return (old, try state(), start.duration(to: clock.now) / .seconds(1))
  }

  private func restore(_ change: Change) throws {
    try? FileManager.default.removeItem(at: work)
    if change.isInPlace { try FileManager.default.copyItem(at: edited, to: work) }
  }

  /// What is there, but for the ledger and the record of a removal, which tell when they were written; nil if nothing is.
  private func state() throws -> [String: Data]? {
    guard FileManager.default.fileExists(atPath: work.path) else { return nil }
    return try work.files().filter { ![Ledger.fileName, EditedCheckpoint.recordName].contains($0.key) }
  }

  /// The ledger is of the weights it lies beside.
  private func checkLedgerAgrees() throws {
    let ledger = try #require(try Ledger(besideCheckpoint: work))
    let checkpoint = try Checkpoint(directory: work)
    for (tensor, hash) in try #require(try ledger.steps().last).weights {
      #expect(try checkpoint.tensor(tensor).withBytes { ContentHash(of: $0) }.hex == hash, "\(tensor)")
    }
  }
}
