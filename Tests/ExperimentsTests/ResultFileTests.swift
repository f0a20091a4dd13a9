import Foundation
import KnowledgeEditing
import StrictJSON
import Testing

@testable import Experiments

/// Result files and where they go.
struct ResultFileTests {
  @Test func `runs are numbered on from the largest`() throws {
    let folder = try TemporaryDirectory()
    #expect(try RunDirectory(below: folder.url, method: "AlphaEdit").url.lastPathComponent == "run_000")
    #expect(try RunDirectory(below: folder.url, method: "AlphaEdit").url.lastPathComponent == "run_001")
    for name in ["run_041", "run_7x", "run_99999999999999999999", "run_-5", "walk_900"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("AlphaEdit/\(name)"), withIntermediateDirectories: true)
    }
    #expect(try RunDirectory(below: folder.url, method: "AlphaEdit").url.lastPathComponent == "run_042")
    #expect(try RunDirectory(below: folder.url, method: "MEMIT").url.lastPathComponent == "run_000")
  }

  @Test func `a file in the way is reported`() throws {
    let folder = try TemporaryDirectory()
    try Data().write(to: folder.url.appendingPathComponent("AlphaEdit"))
    #expect(throws: EvaluationError.self) { try RunDirectory(below: folder.url, method: "AlphaEdit") }
  }

  private func result(id: String) throws -> CaseResult {
    let record = """
      {"case_id": \(id), "requested_rewrite": {"prompt": "{} plays", "relation_id": "P641", \
      "target_new": {"str": "hockey", "id": "Q2"}, "target_true": {"str": "soccer", "id": "Q0"}, "subject": "Greta"}}
      """
    let score = PromptScore(targetNew: 1, targetTrue: 2, isCorrect: false)
    let metrics = CounterFactMetrics(rewrite: [score], paraphrase: [], neighborhood: [])
    return CaseResult(
      record: try FactFile.records(Array(record.utf8), file: "records.json")[0],
      groupedCaseIDs: ["7", "8"], batchSize: 2, seconds: 1.5, before: metrics, after: metrics)
  }

  @Test func `a result has the published members`() throws {
    let json = try result(id: "7").json
    #expect(
      json.object?.keys == [
        "case_id", "grouped_case_ids", "num_edits", "requested_rewrite", "time", "pre", "post",
      ])
    #expect(json["case_id"] == 7)
    #expect(json["grouped_case_ids"] == [7, 8])
    #expect(json["requested_rewrite"]?["target_new"] == ["str": "hockey", "id": "Q2"])
    #expect(json["requested_rewrite"]?["relation_id"] == "P641")
  }

  @Test(arguments: [
    ("7", "2_edits-case_7.json"), ("\"a-b_c.d\"", "2_edits-case_a-b_c.d.json"),
    ("\"../x\"", "2_edits-case_.._x.json"), ("\"é\"", "2_edits-case___.json"),
  ])
  func `a result's file has the published name`(id: String, name: String) throws {
    #expect(try result(id: id).fileName == name)
  }
}
