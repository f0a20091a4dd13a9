import Foundation
import StrictJSON
import Testing
import TestSupport

/// `alphaedit evaluate` killed without warning and continued: the files are those of a run that was never killed.
@Suite(.serialized) struct KilledEvaluationTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  private func arguments(_ results: String) -> [String] {
    let tiny = Package.llamaTiny
    return [
      "evaluate", "--model_name", tiny.appendingPathComponent("model").path, "--hparams_fname",
      tiny.appendingPathComponent("hparams/AlphaEdit.json").path, "--ds_name",
      tiny.appendingPathComponent("facts.json").path, "--num_edits", "3", "--evaluate-every", "2",
      "--skip_generation_tests",
      "--statistics", tiny.appendingPathComponent("statistics").path, "--results_dir", folder[results].path,
      "--threads", "1",
    ]
  }

  private func run(_ results: String) -> URL { folder["\(results)/AlphaEdit/run_000"] }

  @Test func killedAtTenRandomMoments() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let whole = try program.run(arguments("whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let time = start.duration(to: clock.now) / .seconds(1)

    var killed = 0
    for _ in 0..<10 {
      let hasStarted = FileManager.default.fileExists(atPath: run("killed").path)
      let process = try program.start(
        arguments("killed") + (hasStarted ? ["--continue_from_run", "run_000"] : []))
      // A process that goes on with a run has less to do, so most moments are early.
      Thread.sleep(forTimeInterval: time * .random(in: 0.02...1) * .random(in: 0.2...1))
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      killed += process.terminationReason == .uncaughtSignal ? 1 : 0
    }
    #expect(killed > 2, "some runs are stopped in their course")
    let last = try program.run(arguments("killed") + ["--continue_from_run", "run_000"])
    try #require(last.status == 0, "\(last.errors)")
    let (files, others) = try (finalFiles(run("killed")), finalFiles(run("whole")))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, json) in files { #expect(json == others[name], "\(name)") }
    #expect(files.count == 24 + 5)
  }

  @Test func twoProcessesDoNotShareARun() throws {
    let process = try program.start(arguments("shared"))
    let record = run("shared").appendingPathComponent("run.json")
    while process.isRunning, !FileManager.default.fileExists(atPath: record.path) { usleep(1000) }
    kill(process.processIdentifier, SIGSTOP)
    let second = try program.run(arguments("shared") + ["--continue_from_run", "run_000"])
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(second.status == 1 && second.errors.contains("is writing to it"), "\(second.errors)")
  }

  /// A file-size limit stands for a full disk.
  @Test func filesThatCannotGrow() throws {
    let full = try program.run(arguments("full"), in: "trap '' XFSZ; ulimit -f 20")
    #expect(full.status == 1 && full.errors.contains("Free some space"), "\(full.errors)")
    let continued = try program.run(arguments("full") + ["--continue_from_run", "run_000"])
    #expect(continued.status == 0, "\(continued.errors)")
  }

  /// The JSON files that readers of a run read, without what is called `time`.
  private func finalFiles(_ run: URL) throws -> [String: JSON] {
    var files: [String: JSON] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: run.path) where name.hasSuffix(".json") {
      files[name] = try JSON.parse(Data(contentsOf: run.appendingPathComponent(name))).withoutTimes
    }
    return files
  }
}
