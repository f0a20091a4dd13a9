import Checkpoints
import Foundation
import Ledger
import Testing
import TestSupport

/// `alphaedit edit` killed without warning: the destination holds what it held before, or all of the new checkpoint.
@Suite(.serialized) struct KilledEditTests {
  @Test func killedAtSeveralMoments() throws {
    let edit = try TinyEdit()
    let weights = "model.safetensors"
    // The time of one whole run, from which the moments are chosen.
    let clock = ContinuousClock()
    let start = clock.now
    try #require(edit.program.run(edit.arguments()).status == 0)
    let whole = start.duration(to: clock.now) / .seconds(1)
    // The ledger tells when it was written, so that it differs from run to run.
    let new = try edit.output.filesButTheLedger()
    let old = try edit.model.files()

    var killed = 0
    // Writing comes last, so most moments are there.
    for share in [0.3, 0.8, 0.9, 0.95, 0.98, 1, 1.02, 1.05] {
      try? FileManager.default.removeItem(at: edit.output)
      try FileManager.default.copyItem(at: edit.model, to: edit.output)
      let process = try edit.program.start(edit.arguments(["--overwrite"]))
      Thread.sleep(forTimeInterval: share * whole)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      killed += process.terminationReason == .uncaughtSignal ? 1 : 0
      let now = try edit.output.filesButTheLedger()
      let hasLedger = FileManager.default.fileExists(
        atPath: edit.output.appendingPathComponent(Ledger.fileName).path)
      #expect(hasLedger == (now == new))
      #expect(now == old || now == new, "killed after \(share) of the time")
      _ = try Checkpoint(directory: edit.output).tensor("lm_head.weight")
      #expect(now[weights] == old[weights] || now[weights] == new[weights])
    }
    #expect(killed > 0, "at least one run is stopped in its course")

    try #require(edit.program.run(edit.arguments(["--overwrite"])).status == 0)
    #expect(try edit.output.filesButTheLedger() == new)
    #expect(
      try edit.folder.names() == ["cache", "edited", "facts.json", "model"],
      "the last run removes what the killed ones left")
  }
}
