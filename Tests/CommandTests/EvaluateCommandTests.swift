import Foundation
import StrictJSON
import Testing
import TestSupport

/// `alphaedit evaluate`, in both spellings of its flags.
@Suite struct EvaluateCommandTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  @Test(arguments: ["_", "-"]) func bothSpellingsOfTheFlags(separator: String) throws {
    let tiny = Package.llamaTiny
    func flag(_ name: String, _ value: String) -> String {
      "--\(name.replacingOccurrences(of: "_", with: separator))=\(value)"
    }
    let result = try program.run([
      "evaluate", flag("alg_name", "AlphaEdit"),
      flag("model_name", tiny.appendingPathComponent("model").path),
      flag("hparams_fname", tiny.appendingPathComponent("hparams/AlphaEdit.json").path),
      flag("ds_name", tiny.appendingPathComponent("facts.json").path), flag("dataset_size_limit", "8"),
      flag("num_edits", "4"), "--statistics", tiny.appendingPathComponent("statistics").path,
      "--context-templates",
      tiny.appendingPathComponent("context-templates.json").path, "--results", folder["results"].path,
      "--threads", "1", "--json", flag("evaluate_every", "1"), "--conserve\(separator)memory",
      "--use\(separator)cache", "--skip\(separator)generation\(separator)tests", "--l2", "5",
    ])
    try #require(result.status == 0, "\(result.errors)")
    let report = try result.json
    #expect(report["num_cases"]?.int == 8 && report["num_edits"]?.int == 4)
    let run = URL(fileURLWithPath: try #require(report["run_dir"]?.string))
    #expect(run.path.hasPrefix(folder["results/AlphaEdit"].resolvingSymlinksInPath().path))
    for name in ["summary.json", "retention.json", "run.json"] {
      #expect(FileManager.default.fileExists(atPath: run.appendingPathComponent(name).path))
    }
    let parameters = try JSON.parse(Data(contentsOf: run.appendingPathComponent("params.json")))
    #expect(parameters["L2"] == 5)
  }

  @Test func perplexityAndAbilityAreInTheText() throws {
    let tiny = Package.llamaTiny
    try folder.writeAbilityTasks(below: "data/ability")
    let long = JSON(String(repeating: "the river ", count: 300))
    let records = (0..<12).map { ["sentence": $0 == 11 ? long : "Good", "label": JSON($0 % 2)] as JSON }
    try folder.write("data/ability/cola.json", JSON(records).text())
    let result = try program.run([
      "evaluate", "--model_name", tiny.appendingPathComponent("model").path, "--hparams_fname",
      tiny.appendingPathComponent("hparams/AlphaEdit.json").path, "--ds_name",
      tiny.appendingPathComponent("facts.json").path, "--dataset_size_limit", "2", "--num_edits", "2",
      "--statistics", tiny.appendingPathComponent("statistics").path, "--results", folder["results"].path,
      "--data_dir", folder["data"].path, "--downstream_eval_steps", "1", "--tests_per_task", "2",
      "--generation_test_interval", "0", "--threads", "1",
    ])
    try #require(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("Perplexity of ") })
    #expect(lines.contains { $0.contains(" before, ") && $0.contains(" after (") })
    let ability = try #require(lines.firstIndex { $0.hasPrefix("General ability") })
    #expect(lines[ability + 1].contains("0 edits  written  2 edits  written"), "\(result.output)")
    #expect(lines[ability + 2].contains("SST-2"))
    let notice = "CoLA: 1 of 2 questions were left out"
    #expect(lines[ability + 8].hasPrefix("  " + notice), "\(result.output)")
    let run = folder["results/AlphaEdit/run_000"]
    #expect(
      try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8).contains(notice))
    // What only this project measures has no published name.
    #expect(lines.contains { $0.contains("free_rewrite_success") && $0.contains(" –  ") })
  }

  @Test func mendIsRefusedWithAReason() throws {
    let result = try program.run(["evaluate", "--alg_name=MEND", "--model_name=m"])
    #expect(result.status == 64 && result.errors.contains("trained"), "\(result.errors)")
  }

  @Test func unknownMethodIsWrongUsage() throws {
    let result = try program.run(["evaluate", "--alg_name=Hope", "--model_name=m"])
    #expect(result.status == 64 && result.errors.contains("AlphaEdit"), "\(result.errors)")
  }
}
