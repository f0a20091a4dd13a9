import Foundation
import StrictJSON
import Testing
import TestSupport

/// `alphaedit summarize`, on results written here as the published code writes them.
@Suite struct SummarizeCommandTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
    for (method, isGood) in [("AlphaEdit", true), ("MEMIT", false)] {
      try write(Self.result(0, isGood: true), to: "\(method)/run_000/1_edits-case_0.json")
      try write(Self.result(1, isGood: isGood), to: "\(method)/run_000/1_edits-case_1.json")
    }
    try write(
      """
      {"edit_num": -1, "rte": {"correct": 3, "incorrect": 1, "invalid": 0, "total": 4, "f1": 0.75, "f1_new": 0.5, \
      "mcc": 0.5, "time": 1.0}}
      """, to: "AlphaEdit/run_000/glue_eval/base_glue.json")
  }

  private func write(_ text: String, to path: String) throws {
    let file = folder["results"].appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private static func result(_ id: Int, isGood: Bool) -> String {
    let (likely, unlikely) = (
      "{\"target_new\": 0.5, \"target_true\": 4.0}", "{\"target_new\": 4.0, \"target_true\": 0.5}"
    )
    return """
      {"case_id": \(id), "grouped_case_ids": [\(id)], "num_edits": 1, "time": \(id + 1).5, "post": {
       "rewrite_prompts_probs": [\(likely)], "paraphrase_prompts_probs": [\(isGood ? likely : unlikely), \(likely)],
       "neighborhood_prompts_probs": [\(unlikely)], "rewrite_prompts_correct": [true],
       "paraphrase_prompts_correct": [\(isGood), true], "neighborhood_prompts_correct": [\(isGood)]}}
      """
  }

  private func summarize(_ arguments: [String]) throws -> Program.Result {
    try program.run(["summarize", "--results-dir", folder["results"].path] + arguments)
  }

  @Test func tableOfSeveralMethods() throws {
    let result = try summarize(["--dir_name=AlphaEdit,MEMIT", "--runs=run_000"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(
      result.output == """
          metric                   published as               measures                                                AlphaEdit/run_000  MEMIT/run_000
          cases                    num_cases                  results that the means are taken over                                   2              2
          efficacy                 post_rewrite_success       p(new) > p(true) at the edit prompt                         100.00 ± 0.00  100.00 ± 0.00
          generalization           post_paraphrase_success    p(new) > p(true) at paraphrases                             100.00 ± 0.00  75.00 ± 25.00
          specificity              post_neighborhood_success  p(true) > p(new) at neighbours                              100.00 ± 0.00  100.00 ± 0.00
          rewrite_accuracy         post_rewrite_acc           says the new target at the edit prompt                      100.00 ± 0.00  100.00 ± 0.00
          paraphrase_accuracy      post_paraphrase_acc        says the new target at paraphrases                          100.00 ± 0.00  75.00 ± 25.00
          neighborhood_accuracy    post_neighborhood_acc      says the true target at neighbours                          100.00 ± 0.00  50.00 ± 50.00
          rewrite_difference       post_rewrite_diff          p(new) − p(true) at the edit prompt                          58.82 ± 0.00   58.82 ± 0.00
          paraphrase_difference    post_paraphrase_diff       p(new) − p(true) at paraphrases                              58.82 ± 0.00  29.41 ± 29.41
          neighborhood_difference  post_neighborhood_diff     p(true) − p(new) at neighbours                               58.82 ± 0.00   58.82 ± 0.00
          score                    post_score                 harmonic mean of efficacy, generalization, specificity             100.00          90.00
          seconds                  time                       seconds for a batch of edits                                  2.00 ± 0.50    2.00 ± 0.50

          run                task         edits  accuracy  F1 (f1)  MCC (mcc)  F1 by probability (f1_new)  invalid  total
          AlphaEdit/run_000  RTE   0 (unedited)    0.7500   0.7500     0.5000                      0.5000        0      4

        “success” and “diff” compare the probabilities of two answers; “acc” asks whether the answer is what the model would say (arg-max).

        """)
  }

  @Test(arguments: [
    ["--dirname=AlphaEdit"], ["--dir-name", "AlphaEdit"], ["--dir_name=AlphaEdit", "--first_n_cases=2"],
  ])
  func publishedNumbersAsJSON(arguments: [String]) throws {
    let result = try summarize(arguments + ["--json"])
    try #require(result.status == 0, "\(result.errors)")
    let run = try #require(result.json["runs"]?.array?.first)
    #expect(run["published"]?["post_paraphrase_success"] == [JSON(100.0), JSON(0.0)])
    #expect(run["published"]?["post_score"] == [JSON(100.0), nil])
    #expect(run["published"]?["time"] == [JSON(2.0), JSON(0.5)])
    #expect(run["published"]?["num_cases"] == 2 && run["run"] == "run_000")
    #expect(run["ability"]?.array?.first?["rte"]?["probability_weighted_f1"] == JSON(0.5))
  }

  @Test func otherForms() throws {
    let csv = try summarize(["--dir_name=MEMIT", "--csv"])
    let lines = csv.output.split(separator: "\n")
    #expect(lines.first == "method,run,edits,metric,name_in_files,measures,mean,std,cases")
    #expect(
      lines.contains(
        "MEMIT,run_000,,generalization,post_paraphrase_success,p(new) > p(true) at paraphrases,75.0,25.0,2"))
    let markdown = try summarize(["--dir_name=MEMIT", "--markdown"]).output
    #expect(
      markdown.hasPrefix("| metric | published as | measures | MEMIT/run_000 |\n| --- | --- | --- | ---: |\n")
    )
    let path = try program.run([
      "summarize", "--path", folder["results/MEMIT/run_000"].path, "--first-n-cases=1", "--json",
    ])
    #expect(try path.json["runs"]?.array?.first?["published"]?["num_cases"] == 1)
  }

  @Test func whatIsMissingIsSaid() throws {
    for (arguments, words) in [
      (["--dir_name=NSE"], "there are AlphaEdit, MEMIT"),
      (["--dir_name=MEMIT", "--runs=run_009"], "run_009"),
      (["--dir_name=MEMIT", "--runs=run_000", "--first_n_cases=0"], "must be at least 1"),
      ([], "--dir_name=AlphaEdit"), (["--dir_name=MEMIT", "--path=x"], "exclude each other"),
      (["--dir_name=MEMIT", "--csv", "--json"], "exclude each other"),
    ] {
      let result = try summarize(arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(arguments)")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    try write("{\"case_id\": 7, ", to: "MEMIT/run_000/1_edits-case_7.json")
    let result = try summarize(["--dir_name=MEMIT"])
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("warning: ") && result.errors.contains("1_edits-case_7.json: line 1"))
  }
}
