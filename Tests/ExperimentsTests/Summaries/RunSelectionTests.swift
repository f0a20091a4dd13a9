import Foundation
import Testing

@testable import Experiments

/// Which runs are found, and how they are shown side by side.
struct RunSelectionTests {
  private let files: RunFiles

  init() throws {
    files = try RunFiles()
    for run in ["AlphaEdit/run_000", "AlphaEdit/run_001", "MEMIT/run_000"] {
      try files.writeTwoCases(to: run)
    }
  }

  private func names(_ directories: [String], _ runs: [String] = []) throws(SummaryError) -> [String] {
    try RunSelection(directories: directories.map(files.run), runs: runs).summaries().summaries.map(\.name)
  }

  @Test func `runs go by directory and by parts of their names`() throws {
    #expect(try names(["AlphaEdit"]) == ["AlphaEdit/run_000", "AlphaEdit/run_001"])
    #expect(try names(["MEMIT", "AlphaEdit"], ["run_000"]) == ["MEMIT/run_000", "AlphaEdit/run_000"])
    #expect(try names(["AlphaEdit"], ["000", "001"]) == ["AlphaEdit/run_000", "AlphaEdit/run_001"])
    #expect(try names(["AlphaEdit/run_001"]) == ["AlphaEdit/run_001"])
  }

  @Test func `what is not there is said, with what is`() throws {
    func message(_ body: () throws(SummaryError) -> Void) -> String {
      do throws(SummaryError) {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    let unknown = message { () throws(SummaryError) in _ = try names(["AlphaEdit"], ["run_007"]) }
    #expect(
      unknown == "no run is called “run_007”; there are AlphaEdit/run_000, AlphaEdit/run_001")
    let missing = message { () throws(SummaryError) in _ = try names(["RECT"]) }
    #expect(missing.hasSuffix("RECT: there is no such directory; there are AlphaEdit, MEMIT"))
    try files.write("{}", to: "NSE/readme.json")
    let empty = message { () throws(SummaryError) in _ = try names(["NSE"]) }
    #expect(empty.hasSuffix("NSE: holds no runs (directories such as run_000)"))
  }

  @Test func `a run without results is an error by itself and a warning among others`() throws {
    try files.write("{}", to: "AlphaEdit/run_002/params.json")
    let selection = RunSelection(directories: [files.run("AlphaEdit")])
    let (summaries, warnings) = try selection.summaries()
    #expect(summaries.count == 2)
    #expect(warnings.contains { $0.contains("run_002: holds no results") })
    #expect(throws: SummaryError.self) { try names(["AlphaEdit"], ["run_002"]) }
    try files.write("{", to: "NSE/run_000/1_edits-case_0.json")
    let error = #expect(throws: SummaryError.self) { try names(["NSE"]) }
    #expect(error.map { "\($0)" }?.contains("case_0.json: line 1 is not valid JSON") == true)
  }

  @Test func `tables stand side by side`() throws {
    try files.writeAbility(to: "MEMIT/run_000")
    let selection = RunSelection(directories: ["AlphaEdit", "MEMIT"].map(files.run), runs: ["run_000"])
    let (runs, _) = try selection.summaries()
    let means = SummaryTable.means(runs)
    #expect(means.rows[0] == ["metric", "published as", "measures", "AlphaEdit/run_000", "MEMIT/run_000"])
    #expect(
      means.rows[2] == [
        "efficacy", "post_rewrite_success", "p(new) > p(true) at the edit prompt", "50.00 ± 50.00",
        "50.00 ± 50.00",
      ])
    #expect(means.rows.allSatisfy { $0.count == 5 })
    let ability = try #require(SummaryTable.ability(runs))
    #expect(
      Array(ability.rows.dropFirst()) == [
        ["MEMIT/run_000", "SST-2", "0 (unedited)", "0.7500", "0.7333", "0.5774", "1.0000", "0", "4"],
        ["MEMIT/run_000", "MMLU", "0 (unedited)", "0.2500", "0.2500", "0.0000", "0.2500", "–", "4"],
        ["MEMIT/run_000", "SST-2", "2", "0.5000", "0.5833", "–", "0.7500", "1", "4"],
      ])
    #expect(SummaryTable.ability([runs[0]]) == nil)
    #expect(SummaryTable.long(runs).rows.allSatisfy { $0.count == 9 })
  }

  @Test func `cells are escaped`() {
    let table = SummaryTable(rows: [["a, b", "c|d"], ["say \"x\"", "1"]], textColumns: 1)
    #expect(table.csv == "\"a, b\",c|d\n\"say \"\"x\"\"\",1\n")
    #expect(table.markdown == "| a, b | c\\|d |\n| --- | ---: |\n| say \"x\" | 1 |\n")
  }

  @Test func `Python's words for no number are read outside of strings only`() throws {
    let json = try PythonJSON.parse(
      Array("{\"NaN\": [NaN, -Infinity, Infinity, 1], \"s\": \"\\\"NaN\"}".utf8))
    #expect(json["NaN"] == [nil, nil, nil, 1])
    #expect(json["s"] == "\"NaN")
    #expect(throws: (any Error).self) { try PythonJSON.parse(Array("{\"a\": nan}".utf8)) }
    #expect(throws: (any Error).self) { try PythonJSON.parse(Array("{\"a\": NaN".utf8)) }
  }
}
