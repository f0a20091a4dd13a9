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

  private func arguments(_ results: String, method: String = "AlphaEdit", _ more: [String] = []) -> [String] {
    let tiny = Package.llamaTiny
    return [
      "evaluate", "--alg_name", method, "--model_name", tiny.appendingPathComponent("model").path,
      "--hparams_fname", tiny.appendingPathComponent("hparams/\(method).json").path, "--ds_name",
      tiny.appendingPathComponent("facts.json").path, "--num_edits", "3", "--evaluate-every", "2",
      "--statistics", tiny.appendingPathComponent("statistics").path, "--results_dir", folder[results].path,
      "--threads", "1",
    ] + more
  }

  @Test func killedAtTenRandomMoments() throws {
    let files = try killAndContinue("AlphaEdit", ["--skip_generation_tests"])
    #expect(files.keys.count { !$0.contains("/") } == 24 + 5)
  }

  /// NSE keeps the keys of chosen neurons and takes values from the original weights; texts and ability are measured in parts
  /// of their own.
  @Test func killedWithGenerationAndAbility() throws {
    try writeData()
    let files = try killAndContinue(
      "NSE",
      [
        "--data_dir", folder["data"].path, "--dataset_size_limit", "8", "--generation_test_interval", "4",
        "--downstream_eval_steps", "1", "--tests_per_task", "2",
      ])
    let last = try #require(files["3_edits-case_4.json"]?["post"])
    #expect(last["ngram_entropy"] != nil && last["rewrite_prompts_said"] != nil)
    // Before the first batch, and after each of three.
    #expect(files.keys.count { $0.hasPrefix("glue_eval/") && $0.hasSuffix("_glue.json") } == 4)
  }

  /// Fine-tuning leaves no factors behind but whole changes.
  @Test func killedWhileFineTuning() throws {
    let files = try killAndContinue("FT", ["--skip_generation_tests", "--dataset_size_limit", "12"])
    #expect(files.keys.count { $0.hasPrefix("3_edits-case_") } == 12)
  }

  /// Kills a run at ten random moments, lets it end, and compares its files with those of a run that was left alone.
  private func killAndContinue(_ method: String, _ more: [String]) throws -> [String: JSON] {
    let clock = ContinuousClock()
    let start = clock.now
    let whole = try program.run(arguments("whole", method: method, more))
    try #require(whole.status == 0, "\(whole.errors)")
    let time = start.duration(to: clock.now) / .seconds(1)

    let stopped = folder["killed/\(method)/run_000"]
    func continued() -> [String] {
      let hasStarted = FileManager.default.fileExists(atPath: stopped.path)
      return arguments("killed", method: method, more)
        + (hasStarted ? ["--continue_from_run", "run_000"] : [])
    }
    var killed = 0
    for _ in 0..<10 {
      let process = try program.start(continued())
      // A process that goes on with a run has less to do, so most moments are early.
      Thread.sleep(forTimeInterval: time * .random(in: 0.02...1) * .random(in: 0.2...1))
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      killed += process.terminationReason == .uncaughtSignal ? 1 : 0
    }
    #expect(killed > 2, "some runs are stopped in their course")
    let last = try program.run(continued())
    try #require(last.status == 0, "\(last.errors)")
    let (files, others) = try (finalFiles(stopped), finalFiles(folder["whole/\(method)/run_000"]))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, json) in files { #expect(json == others[name], "\(name)") }
    return files
  }

  /// What generated text is compared with, and questions of each task of ability.
  private func writeData() throws {
    var snippets: [JSON] = []
    for record in try JSON.parse(Data(contentsOf: Package.llamaTiny.appendingPathComponent("facts.json")))
      .array ?? []
    {
      let rewrite = record["requested_rewrite"]
      guard let relation = rewrite?["relation_id"], let target = rewrite?["target_new"] else { continue }
      let text = "Hugo Becker plays the sport of \(target["str"]?.string ?? "")"
      snippets.append([
        "relation_id": relation, "target_id": target["id"] ?? .null,
        "samples": [["name": "Hugo Becker", "text": JSON(text)]],
      ])
    }
    try folder.write("data/attribute_snippets.json", JSON(snippets).text())
    try folder.writeAbilityTasks(below: "data/ability")
  }

  @Test func twoProcessesDoNotShareARun() throws {
    let process = try program.start(arguments("shared", ["--skip_generation_tests"]))
    let record = folder["shared/AlphaEdit/run_000/run.json"]
    while process.isRunning, !FileManager.default.fileExists(atPath: record.path) { usleep(1000) }
    kill(process.processIdentifier, SIGSTOP)
    let second = try program.run(
      arguments("shared", ["--skip_generation_tests", "--continue_from_run", "run_000"]))
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(second.status == 1 && second.errors.contains("is writing to it"), "\(second.errors)")
  }

  /// A file-size limit stands for a full disk.
  @Test func filesThatCannotGrow() throws {
    let full = try program.run(
      arguments("full", ["--skip_generation_tests"]), in: "trap '' XFSZ; ulimit -f 20")
    #expect(full.status == 1 && full.errors.contains("Free some space"), "\(full.errors)")
    let continued = try program.run(
      arguments("full", ["--skip_generation_tests", "--continue_from_run", "run_000"]))
    #expect(continued.status == 0, "\(continued.errors)")
  }

  /// The JSON files that readers of a run read, by their paths in it, without what is called `time`. Measurements, from which they
  /// are made, are checked by hashes that go over times too.
  private func finalFiles(_ run: URL) throws -> [String: JSON] {
    var files: [String: JSON] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: run.path)
    where name.hasSuffix(".json") && !name.hasPrefix("measurements/") {
      files[name] = try JSON.parse(Data(contentsOf: run.appendingPathComponent(name))).withoutTimes
    }
    return files
  }
}
