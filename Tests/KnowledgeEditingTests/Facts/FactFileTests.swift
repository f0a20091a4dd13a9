import Foundation
import Testing

@testable import KnowledgeEditing

struct FactFileTests {
  private func facts(_ text: String) throws -> [Fact] {
    try FactFile(Array(text.utf8), file: "facts.json").facts
  }

  private func problems(_ text: String) -> [FactError.Problem] {
    do {
      _ = try FactFile(Array(text.utf8), file: "facts.json")
      return []
    } catch {
      return error.problems
    }
  }

  private static let layouts: [(layout: String, record: String)] = [
    (
      "CounterFact",
      #"{"case_id": 7, "requested_rewrite": {"prompt": "{} is in", "subject": "Lyon", "relation_id": "P17", "#
        + #""target_new": {"str": "Spain", "id": "Q29"}, "target_true": {"str": "France"}}}"#
    ),
    (
      "request",
      #"{"case_id": "7", "prompt": "{} is in", "subject": "Lyon", "target_new": {"str": "Spain"}, "#
        + #""target_true": {"str": "France"}, "relation_id": "P17"}"#
    ),
    (
      "EasyEdit",
      #"{"case_id": 7, "prompt": "Lyon is in", "subject": "Lyon", "target_new": "Spain", "#
        + #""ground_truth": "France", "relation_id": "P17"}"#
    ),
    (
      "plain",
      #"{"id": 7, "subject": "Lyon", "prompt": "Lyon is in", "target": "Spain", "target_true": "France", "#
        + #""relation_id": "P17"}"#
    ),
  ]

  @Test(arguments: layouts) func readsEachLayout(layout: String, record: String) throws {
    let expected = try Fact(
      id: "7", subject: "Lyon", prompt: "{} is in", target: "Spain", targetTrue: "France", relation: "P17",
      source: FactSource(file: "facts.json", record: 1, line: 1))
    #expect(try facts("[\(record)]") == [expected])
    #expect(try facts(record) == [expected])
    #expect(try facts(record + "\n") == [expected])
  }

  @Test func readsLinesOfMixedLayouts() throws {
    let second = #"{"subject": "Oslo", "prompt": "{} is in", "target": "Peru"}"#
    let text = "\u{FEFF}" + Self.layouts[0].record + "\r\n\r\n" + second + "\r\n"
    let read = try facts(text)
    #expect(read.map(\.subject) == ["Lyon", "Oslo"])
    #expect(read.map(\.id) == ["7", "1"])
    #expect(read.map(\.source?.line) == [1, 3])
    #expect(read.map(\.source?.record) == [1, 2])
  }

  @Test func knowsTheLinesOfAnArray() throws {
    let text = """
      \u{FEFF}
      [ {"subject": "a]},{\\"", "prompt": "{} is",
          "target": "x"}
        , {"subject": "b", "prompt": "{} is", "target": "x", "more": [[], [1, {"k": [2]}]]},

      {"subject": "c", "prompt": "{} is", "target": "x"}]
      """
    #expect(try facts(text).map(\.source?.line) == [2, 4, 6])
  }

  @Test func readsOneObjectOverSeveralLines() throws {
    let read = try facts("\n{\n \"subject\": \"a\",\n \"prompt\": \"{} is\",\n \"target\": \"x\"\n}\n")
    #expect(read.map(\.source?.line) == [2])
  }

  @Test func listsAllProblemsWithTheirPlaces() throws {
    let text = """
      [
        {"subject": "Lyon", "prompt": "{} is in", "target": "Spain"},
        {"subject": "", "prompt": "{} is in", "target": "Spain"},
        17,
        {"subject": "Oslo", "prompt": "Bergen is in", "target": "Peru"},
        {"subject": "Oslo", "target": "Peru"},
        {"subject": "Oslo", "prompt": "{} is in", "target_new": {"id": "Q1"}},
        {"subject": "Lyon", "prompt": "Lyon is in", "target": "Italy"},
        {"requested_rewrite": []},
        {"case_id": 1.5, "subject": "Oslo", "prompt": "{} is in", "target": "Peru"}
      ]
      """
    let found = problems(text)
    #expect(found.map(\.record) == [2, 3, 4, 5, 6, 7, 8, 9])
    #expect(found.map(\.line) == [3, 4, 5, 6, 7, 8, 9, 10])
    #expect(
      found.map(\.fault) == [
        .empty(key: "subject"), .notAnObject(found: "a number"),
        .subjectNotInPrompt(subject: "Oslo", prompt: "Bergen is in"), .missing(key: "prompt"),
        .wrongType(
          key: "target_new", expected: "a string, or an object with a string \"str\"", found: "an object"),
        .conflict(record: 1, line: 2, prompt: "Lyon is in", target: " Italy", otherTarget: " Spain"),
        .wrongType(key: "requested_rewrite", expected: "an object", found: "an array"),
        .wrongType(key: "case_id", expected: "an integer or a string", found: "a number"),
      ])
  }

  @Test func describesItsProblems() {
    let error = #expect(throws: FactError.self) {
      try facts("{\"subject\": 1, \"prompt\": \"{}\", \"target\": \"x\"}\n{]\n")
    }
    #expect(
      error?.description == """
        facts.json: 2 problems
          record 1 (line 1): subject must be a string, or an object with a string "str", not a number
          record 2 (line 2): not valid JSON: expected a key in quotes, found ']' (byte 1 of the line)
        """)
    let single = #expect(throws: FactError.self) { try facts("[]") }
    #expect(single?.description == "facts.json: holds no facts")
  }

  @Test func countsTheProblemsItDoesNotList() {
    let lines = String(repeating: "{\"subject\": \"a\"}\n", count: 33)
    let error = #expect(throws: FactError.self) { try facts(lines) }
    #expect(error?.problems.count == FactError.problemLimit)
    #expect(error?.omitted == 13)
    #expect(error?.description.hasSuffix("and 13 more") == true)
  }

  @Test(arguments: ["", " \r\n\t", "\u{FEFF}", "[]", "[ ]"]) func refusesEmptyFiles(text: String) {
    #expect(problems(text).map(\.fault) == [.noRecords])
  }

  @Test(arguments: ["subject,prompt,target\na,{} is,x", "\"text\"", "17", "null"])
  func refusesOtherShapes(text: String) {
    #expect(
      problems(text).map(\.fault) == [
        .unknownShape(reason: "is neither a JSON array, nor JSON lines, nor a JSON object")
      ])
  }

  @Test(arguments: [
    ("[{\"subject\": NaN}]", 1), ("[\n{\"a\": 1},\n]", 3), ("{\"a\":\n 1,}", 2),
    ("[{\"a\": 1, \"a\": 2}]", 1),
    ("[\n\"\\ud800\"]", 2), ("[{}] []", 1), (String(repeating: "[", count: 100_000), 1),
  ])
  func refusesWrongJSON(text: String, line: Int) {
    let found = problems(text)
    #expect(found.count == 1)
    #expect(found.first?.line == line)
    guard case .notJSON = found.first?.fault else {
      Issue.record("\(found)")
      return
    }
  }

  @Test func refusesOtherEncodings() throws {
    let utf16 = try #require("[{}]".data(using: .utf16))
    let error = #expect(throws: FactError.self) { try FactFile([UInt8](utf16), file: "f") }
    #expect(error?.description == "f: line 1: is UTF-16; save it as UTF-8")
    let latin1: [UInt8] = Array("[{\"subject\": \"Zo".utf8) + [0xE9] + Array("\"}]".utf8)
    #expect(throws: FactError.self) { try FactFile(latin1, file: "f") }
  }

  @Test func dropsAndReportsRepetitions() throws {
    let file = try FactFile(
      Array(
        #"""
        {"subject": "Lyon", "prompt": "{} is in", "target": "Spain"}
        {"subject": "Oslo", "prompt": "{} is in", "target": "Spain"}
        {"subject": "Lyon", "prompt": "Lyon is in", "target": " Spain"}
        """#.utf8), file: "f")
    #expect(file.facts.map(\.subject) == ["Lyon", "Oslo"])
    #expect(
      file.duplicates == [
        FactFile.Duplicate(
          source: FactSource(file: "f", record: 3, line: 3),
          original: FactSource(file: "f", record: 1, line: 1))
      ])
  }

  @Test func unicodeFormsAreDifferentText() throws {
    let read = try facts(
      "{\"subject\": \"Zo\u{E9}\", \"prompt\": \"{} is in\", \"target\": \"Spain\"}\n"
        + "{\"subject\": \"Zoe\u{301}\", \"prompt\": \"{} is in\", \"target\": \"Peru\"}\n")
    #expect(read.count == 2)
  }

  @Test func readsALineOfTenMegabytes() throws {
    let prompt = String(repeating: "Lyo ", count: 2_500_000) + "Lyon is in"
    let read = try facts("{\"subject\": \"Lyon\", \"prompt\": \"\(prompt)\", \"target\": \"Spain\"}\n")
    #expect(read.first?.template.prefix.utf8.count == 10_000_000)
  }

  @Test func refusesWhatIsNoFile() throws {
    let missing = URL(filePath: "/nonexistent/facts.json")
    let error = #expect(throws: FactError.self) { try FactFile.read(missing) }
    #expect(error?.file == "/nonexistent/facts.json")
    #expect(throws: FactError.self) { try FactFile.read(FileManager.default.temporaryDirectory) }
    #expect(throws: FactError.self) { try FactFile.records(missing) }
  }
}
