import Foundation
import StrictJSON
import Testing

@testable import KnowledgeEditing

struct ContextTemplatesTests {
  @Test func bareHasOneTemplate() {
    #expect(ContextTemplates.bare.types == [[PromptTemplate(prefix: "", suffix: "")]])
    #expect(ContextTemplates.bare.weights == [1])
  }

  @Test func readsTheFixture() throws {
    let url = FactTestFiles.fixtures.appending(path: "llama-tiny/context-templates.json")
    let templates = try ContextTemplates.read(url)
    #expect(templates.types.map(\.count) == [1, 5])
    #expect(templates.types[1][1].prefix == "<|begin_of_text|>Thereforek. The home. ")
    #expect(templates.weights == [0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    #expect(templates.json == (try JSON.parse(Data(contentsOf: url))))
  }

  @Test func takesGeneratedTexts() {
    let templates = ContextTemplates(generated: ["The {end}\u{301} of", "I\n\nam<|endoftext|>", "You Ⅷ é"])
    #expect(
      templates.types[1].map(\.prefix) == ["The  end \u{301} of. ", "I am. ", "You VIII e\u{301}. "])
    #expect(templates.types[1].allSatisfy { $0.suffix.isEmpty })
    #expect(templates.types[0] == ContextTemplates.bare.types[0])
    #expect(ContextTemplates(generated: []) == .bare)
  }

  @Test func asksForThePublishedTexts() throws {
    struct Stop: Error, Equatable {}
    let templates = ContextTemplates.generate { prompts, length, topK in
      #expect(prompts == ["The", "Therefore", "Because", "I", "You"])
      #expect(length == 10)
      #expect(topK == 5)
      return prompts.map { $0 + " day" }
    }
    #expect(templates.types[1].first?.text == "The day. {}")
    #expect(throws: Stop()) {
      try ContextTemplates.generate { (_, _, _) throws(Stop) -> [String] in throw Stop() }
    }
  }

  @Test(arguments: [
    ([], ContextTemplateFault.firstIsNotBare), ([["A. {}"]], .firstIsNotBare), ([["{}"], []], .emptyType(1)),
    ([["{}"], ["A. {}", "B."]], .template(type: 1, index: 1, fault: .noPlace)),
    ([["{}", "{} {}"]], .template(type: 0, index: 1, fault: .severalPlaces(2))),
  ])
  func refusesWrongTemplates(types: [[String]], fault: ContextTemplateFault) {
    #expect(throws: fault) { try ContextTemplates(types: types) }
  }

  @Test(arguments: [
    ("[[\"{}\"], [\"A. {}\"", nil), (#"["{}", "A. {}"]"#, "an array that holds a string"),
    (#"{"types": []}"#, "an object"), (#"[["{}"], [1]]"#, "an inner array that holds something else"),
  ])
  func refusesWrongFiles(text: String, found: String?) throws {
    try FactTestFiles.withFile(text) { url in
      let error = #expect(throws: ContextTemplateError.self) { try ContextTemplates.read(url) }
      #expect(error?.file == url.path)
      guard let found else { return }
      #expect(error?.fault == .wrongShape(expected: "an array of arrays of strings", found: found))
    }
  }

  @Test func refusesAMissingFile() {
    #expect(throws: ContextTemplateError.self) {
      try ContextTemplates.read(URL(filePath: "/nonexistent.json"))
    }
  }
}
