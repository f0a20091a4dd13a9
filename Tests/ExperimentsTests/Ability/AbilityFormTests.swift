import StrictJSON
import Testing

@testable import Experiments

/// What is asked, and what counts as an answer.
struct AbilityFormTests {
  private func form(_ task: AbilityTask, asPublished: Bool = false) -> AbilityForm {
    AbilityForm(task: task, asPublished: asPublished)
  }

  private func prompt(_ task: AbilityTask, asPublished: Bool = false, examples: Int = 0) throws -> String {
    let records = try (0...examples).map { try AbilityRecord(AbilityFiles.record(task, $0 * 7), task) }
    return form(task, asPublished: asPublished).prompt(records[examples], after: records[..<examples])
  }

  @Test func `prompts end with the published markers`() throws {
    #expect(try prompt(.sst) == "Review : Film 0 is good\nSentiment :")
    #expect(try prompt(.mmlu) == "Question: Film 0 is good\n(A) one\n(B) two\n(C) three\n(D) four\nAnswer:")
    #expect(
      try prompt(.mrpc).hasSuffix("\nSentence 1: Film 0 is good\nSentence 2: It is film 0\nAnswer:"))
    #expect(try prompt(.cola).hasSuffix("\nSentence: Film 0 is good\nAnswer:"))
    #expect(try prompt(.rte) == "Film 0 is good\nquestion: It is film 0 True or False?\nanswer:")
    #expect(try prompt(.nli) == "Film 0 is good entails the It is film 0 True or False? Answer:")
  }

  @Test func `as published, spaces are where they were`() throws {
    #expect(try prompt(.sst, asPublished: true) == "Review :Film 0 is good\nSentiment :")
    #expect(try prompt(.cola, asPublished: true).hasSuffix("\nAnswer: "))
    for task in [AbilityTask.mmlu, .mrpc, .rte, .nli] {
      #expect(try prompt(task, asPublished: true) == prompt(task))
    }
  }

  @Test func `examples stand answered before the question`() throws {
    #expect(
      try prompt(.sst, asPublished: true, examples: 1)
        == "Review : Film 0 is good\nSentiment : positive\n\nReview :Film 7 is good\nSentiment :")
    #expect(try prompt(.cola, asPublished: true, examples: 1).contains("\nAnswer: Yes\n\n"))
    #expect(try prompt(.cola, examples: 1).contains("\nAnswer: Yes\n\n"))
    // Label 1 of RTE is “not entailed”.
    #expect(try prompt(.rte, examples: 1).contains("answer: False\n\n"))
    #expect(try prompt(.rte, asPublished: true, examples: 1).contains("answer: True\n\n"))
    #expect(try prompt(.mmlu, examples: 1).contains("Answer: A\n\n"))
  }

  @Test func `an answer is a whole word`() {
    #expect(form(.mrpc).label(saidBy: " Yes.") == 1)
    #expect(form(.mrpc).label(saidBy: " The answer is no") == 0)
    #expect(form(.mrpc).label(saidBy: " I do not know") == nil)
    #expect(form(.sst).label(saidBy: " negative, not positive") == 0)
    #expect(form(.mmlu).label(saidBy: " (B) two") == 1)
    #expect(form(.mmlu).label(saidBy: " a\n") == nil)
    #expect(form(.mmlu).label(saidBy: " The B") == nil)
    #expect(form(.nli).label(saidBy: "") == nil)
  }

  @Test func `as published, an answer is letters anywhere`() {
    func label(_ task: AbilityTask, _ text: String) -> Int? {
      form(task, asPublished: true).label(saidBy: text)
    }
    #expect(label(.mrpc, " I do not know") == 0)
    #expect(label(.mrpc, " no, yes") == 1)
    #expect(label(.cola, " unacceptable") == nil)
    #expect(label(.sst, " Negative, not positive") == 1)
    #expect(label(.mmlu, " a banana\n") == 0)
    #expect(label(.mmlu, " B") == nil)
    // Only what stands behind the last marker counts.
    #expect(label(.nli, " False\nAnswer: maybe") == nil)
  }

  @Test func `RTE is inverted as published`() {
    #expect(form(.rte).label(saidBy: " True") == 0)
    #expect(form(.rte).label(likeliestBy: [-1, -2]) == 0)
    #expect(form(.rte, asPublished: true).label(saidBy: " True, not False") == 0)
    #expect(form(.rte, asPublished: true).label(saidBy: " True") == 1)
    #expect(form(.rte, asPublished: true).label(likeliestBy: [-1, -2]) == 1)
  }

  @Test func `of two equal candidates the second is taken, of four none`() {
    #expect(form(.sst).label(likeliestBy: [-1, -1]) == 0)
    #expect(form(.mmlu).label(likeliestBy: [-1, -2, -1, -3]) == nil)
    #expect(form(.mmlu).label(likeliestBy: [-2, -2, -1, -3]) == 2)
    #expect(form(.mmlu).label(likeliestBy: []) == nil)
  }

  @Test(arguments: [
    ("[1]", AbilityRecordFault.notAnObject(found: "an array")),
    ("{\"label\": 1}", .missing(key: "sentence")),
    ("{\"sentence\": 3, \"label\": 1}", .wrong(key: "sentence", expected: "a text", found: "a number")),
    ("{\"sentence\": \"x\"}", .missing(key: "label")),
    ("{\"sentence\": \"x\", \"label\": 2}", .wrong(key: "label", expected: "0 or 1", found: "2")),
    ("{\"sentence\": \"x\", \"label\": \"1\"}", .wrong(key: "label", expected: "0 or 1", found: "“1”")),
  ])
  func `records that cannot be used are refused`(text: String, fault: AbilityRecordFault) throws {
    let json = try JSON.parse(text)
    #expect(throws: fault) { try AbilityRecord(json, .sst) }
  }

  @Test func `MMLU has four answers, NLI two labels`() throws {
    let three: JSON = ["question": "q", "choices": ["a", "b", "c"], "answer": 0]
    #expect(
      throws: AbilityRecordFault.wrong(key: "choices", expected: "a list of 4 texts", found: "a list of 3")
    ) { try AbilityRecord(three, .mmlu) }
    let fifth: JSON = ["question": "q", "choices": ["a", "b", "c", "d"], "answer": 4]
    #expect(throws: AbilityRecordFault.self) { try AbilityRecord(fifth, .mmlu) }
    let maybe: JSON = ["sentence1": "a", "sentence2": "b", "label": "maybe"]
    #expect(throws: AbilityRecordFault.self) { try AbilityRecord(maybe, .nli) }
  }
}
