import Testing

@testable import KnowledgeEditing

struct FactTests {
  @Test func findsTheSubjectInPlainText() throws {
    let fact = try Fact(subject: "Lyon", prompt: "The twin of Lyon is", target: "Beirut")
    #expect(fact.prompt == "The twin of {} is")
    #expect(fact.filledPrompt == "The twin of Lyon is")
    #expect(fact.target == " Beirut")
  }

  @Test func keepsBracesOfPlainText() throws {
    let fact = try Fact(subject: "map", prompt: "In {x | map } we have", target: "y")
    #expect(fact.template.prefix == "In {x | ")
    #expect(fact.filledPrompt == "In {x | map } we have")
    #expect(try PromptTemplate(fact.prompt) == fact.template)
  }

  @Test func aPlaceIsTakenEvenWhereTheSubjectIsRepeated() throws {
    let fact = try Fact(subject: "Paris", prompt: "Not Paris but {} is in", target: "Texas")
    #expect(fact.filledPrompt == "Not Paris but Paris is in")
    #expect(fact.template.prefix == "Not Paris but ")
  }

  @Test(arguments: [
    ("Lyon", "Where lies Lyon", "Where lies ", ""),
    ("Лион", "Город Лион находится в", "Город ", " находится в"),
    ("القاهرة", "تقع القاهرة في", "تقع ", " في"), ("👩‍👩‍👧", "The family 👩‍👩‍👧 likes", "The family ", " likes"),
    ("東京", "東京は", "", "は"),
  ])
  func subjectsOfAllScripts(subject: String, prompt: String, prefix: String, suffix: String) throws {
    let fact = try Fact(subject: subject, prompt: prompt, target: "x")
    #expect(fact.template == PromptTemplate(prefix: prefix, suffix: suffix))
  }

  @Test(arguments: [("Beirut", " Beirut"), (" Beirut", " Beirut"), ("  Beirut", "  Beirut"), ("\tx", " \tx")])
  func targetsBeginWithASpace(target: String, spaced: String) throws {
    #expect(try Fact(subject: "s", prompt: "{}", target: target, targetTrue: target).targetTrue == spaced)
    #expect(try Fact(subject: "s", prompt: "{}", target: target).target == spaced)
  }

  @Test(arguments: [
    ("", "{} is", "x", FactFault.empty(key: "subject")), (" \u{3000}", "{} is", "x", .empty(key: "subject")),
    ("s", "", "x", .empty(key: "prompt")), ("s", "{} is", " \n", .empty(key: "target")),
    ("s", "{} and {}", "x", .template(.severalPlaces(2))),
    ("s", "{} {", "x", .template(.loneBrace(byteOffset: 3))),
    ("Lyon", "Paris is", "x", .subjectNotInPrompt(subject: "Lyon", prompt: "Paris is")),
    ("aa", "aaa is", "x", .subjectTwiceInPrompt(subject: "aa", prompt: "aaa is")),
    ("Rome", "Rome, in Rome", "x", .subjectTwiceInPrompt(subject: "Rome", prompt: "Rome, in Rome")),
  ])
  func refuses(subject: String, prompt: String, target: String, fault: FactFault) {
    #expect(throws: fault) { try Fact(subject: subject, prompt: prompt, target: target) }
  }

  @Test func saysWhyASubjectThatIsSeenIsNotFound() {
    let decomposed = FactFault.subjectNotInPrompt(subject: "Zoe\u{301}", prompt: "Zo\u{E9} is")
    #expect(throws: decomposed) { try Fact(subject: "Zoe\u{301}", prompt: "Zo\u{E9} is", target: "x") }
    #expect(decomposed.description.contains("in the same Unicode form"))
    let otherCase = FactFault.subjectNotInPrompt(subject: "lyon", prompt: "Lyon is")
    #expect(
      otherCase.description
        == #"the prompt "Lyon is" does not hold the subject "lyon" in the same case; write {} where the subject goes"#
    )
  }

  @Test func searchIsLinear() {
    let text = [UInt8](repeating: 0x61, count: 400_000)
    #expect(text.occurrences(of: text.dropLast(200_000) + [0x62], limit: 2).isEmpty)
    #expect(text.occurrences(of: [0x61, 0x61], limit: 3) == [0, 1, 2])
    #expect(text.occurrences(of: [], limit: 3).isEmpty)
    #expect(Array("abcabcabd".utf8).occurrences(of: Array("abcabd".utf8), limit: 9) == [3])
  }
}
