import Checkpoints
import Foundation
import KnowledgeEditing
import StrictJSON
import Testing
import TestSupport

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

  @Test func `a run is continued by its name, by one process at a time`() throws {
    let folder = try TemporaryDirectory()
    #expect(
      throws: EvaluationError.noSuchRun(
        name: "run_000", directory: folder.url.appendingPathComponent("AlphaEdit").path, known: [])
    ) { try RunDirectory(continuing: "run_000", below: folder.url, method: "AlphaEdit") }
    var run: RunDirectory? = try RunDirectory(below: folder.url, method: "AlphaEdit")
    let error = #expect(throws: CheckpointError.self) {
      try RunDirectory(continuing: "run_000", below: folder.url, method: "AlphaEdit")
    }
    #expect(error?.kind == .locked)
    let url = try #require(run?.url)
    run = nil
    let continued = try RunDirectory(continuing: "run_000", below: folder.url, method: "AlphaEdit")
    #expect(continued.url == url && continued.isEmpty)
    for name in ["run_1", "../AlphaEdit/run_000", "run_000/", "walk"] {
      let error = #expect(throws: EvaluationError.self) {
        try RunDirectory(continuing: name, below: folder.url, method: "AlphaEdit")
      }
      #expect(error.map { "\($0)" }?.contains("there are run_000") == true)
    }
  }

  @Test func `the first difference between two runs is named`() {
    let record = RunRecord(
      dependencies: JSONObject([
        ("seed", 1), ("hyperparameters", ["layers": [4, 5], "L2": 10]), ("records", ["count": 5]),
      ]), places: JSONObject())
    func difference(_ members: [JSONObject.Member]) -> String? {
      record.difference(from: JSONObject(members))
    }
    #expect(difference([("seed", 1), ("records", ["count": 5])]) == nil)
    #expect(difference([("seed", 2)]) == "seed is 1 there, and 2 is asked for")
    #expect(
      difference([("hyperparameters", ["layers": [4], "L2": 1])])
        == "hyperparameters.layers is [4,5] there, and [4] is asked for")
    #expect(
      difference([("hyperparameters", ["layers": [4, 5]])])
        == "hyperparameters.L2 is 10 there, and nothing is asked for")
    #expect(difference([("device", "cpu")]) == "device is nothing there, and \"cpu\" is asked for")
    #expect(RunRecord(json: record.json) == record)
    #expect(RunRecord(json: ["format": "another"]) == nil)
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
    let fact = try FactFile.records(Array(record.utf8), file: "records.json")[0]
    return CaseResult(
      id: fact.fact.id, requestedRewrite: fact.requestedRewrite, groupedCaseIDs: ["7", "8"], batchSize: 2,
      seconds: 1.5, before: JSONObject(), after: JSONObject([("rewrite_prompts_correct", [true])]))
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
