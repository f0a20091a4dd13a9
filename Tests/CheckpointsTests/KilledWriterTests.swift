@testable import Checkpoints
import Foundation
import Testing
import TestSupport

/// Writers that end without warning. They run in processes of their own: this test program again, told by its
/// environment to write and to be killed.
@Suite(.serialized) struct KilledWriterTests {
  static let directoryVariable = "ALPHAEDIT_TEST_KILLED_WRITER"
  static let stepVariable = "ALPHAEDIT_TEST_KILLED_AT"

  let directory: TemporaryDirectory
  let source: EditingSource

  init() throws {
    directory = try TemporaryDirectory()
    source = try EditingSource(in: directory)
  }

  /// The steps of one writing: locked, staged, five files, recorded, validated, published, removed the previous one.
  static let steps = 0..<11
  static let published = 9

  @Test(arguments: [(false, [3, 8, 9]), (true, Array(steps))]) func killedAfterAStep(
    overwrite: Bool, steps: [Int]
  ) throws {
    if overwrite { try writeOldState() }
    let before = state()
    for step in steps {
      let process = try startWriter(step: step)
      process.waitUntilExit()
      try #require(
        process.terminationReason == .uncaughtSignal, "the writer was not killed after step \(step)")
      if step < Self.published {
        #expect(state() == before, "after step \(step)")
        continue
      }
      #expect(state() != before, "after step \(step)")
      #expect(try EditingSource.isWhole(source.destination), "after step \(step)")
      if overwrite { try writeOldState() }
    }
    try writeOldState()
    #expect(
      try directory.names() == ["edited", "source", "started"],
      "the last writer removes what the killed ones left")
  }

  @Test func killedAtRandomMoments() throws {
    try writeOldState()
    for round in 0..<8 {
      let before = state()
      let process = try startWriter(step: nil)
      let started = directory.url.appendingPathComponent("started")
      // Every other writer finishes once before its time comes.
      while process.isRunning,
        !FileManager.default.fileExists(atPath: started.path)
          || (round % 2 == 0 && state() == before)
      {
        usleep(1000)
      }
      usleep(.random(in: 0...60_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try #require(process.terminationReason == .uncaughtSignal)
      #expect(try EditingSource.isWhole(source.destination))
      try FileManager.default.removeItem(at: started)
    }
  }

  /// The files of the destination; nil if there is none (or it is being replaced at this moment).
  private func state() -> [String: Data]? { try? directory["edited"].files() }

  private func writeOldState() throws {
    try source.edit().write(to: source.destination, overwrite: true, record: EditingSource.record)
  }

  private func startWriter(step: Int?) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = Self.arguments()
    var environment = ProcessInfo.processInfo.environment
    environment[Self.directoryVariable] = directory.url.path
    environment[Self.stepVariable] = step.map(String.init)
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// This process's arguments, but for what it was told to run and where to report it.
  private static func arguments() -> [String] {
    var kept: [String] = []
    var isValue = false
    for argument in CommandLine.arguments.dropFirst() {
      if isValue {
        isValue = false
      } else if ["--filter", "--skip", "--xunit-output", "--event-stream-output-path"].contains(argument) {
        isValue = true
      } else {
        kept.append(argument)
      }
    }
    return kept + ["--filter", "KilledWriterProcess"]
  }
}

@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment[KilledWriterTests.directoryVariable] != nil,
    "only for the processes that KilledWriterTests starts"))
struct KilledWriterProcess {
  @Test func write() throws {
    let environment = ProcessInfo.processInfo.environment
    let path = try #require(environment[KilledWriterTests.directoryVariable])
    let root = URL(fileURLWithPath: path)
    let checkpoint = try Checkpoint(directory: root.appendingPathComponent("source"))
    let killedAt = environment[KilledWriterTests.stepVariable].flatMap { Int($0) }
    try Data().write(to: root.appendingPathComponent("started"))
    var round: UInt8 = 0
    repeat {
      round &+= 1
      var edited = EditedCheckpoint(of: checkpoint)
      try edited.replace("head") { [round] emit in
        for _ in 0..<20 { try Array(repeating: round, count: 100_000).withUnsafeBytes(emit) }
      }
      var step = 0
      edited.afterStep = { _ in
        if step == killedAt { kill(getpid(), SIGKILL) }
        step += 1
      }
      try edited.write(
        to: root.appendingPathComponent("edited"), overwrite: true, record: EditingSource.record)
    } while killedAt == nil
  }
}
