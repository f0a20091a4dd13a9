import Testing

@testable import KnowledgeEditing

struct PromptTemplateTests {
  @Test(arguments: [
    ("{}", "", ""), ("{} is", "", " is"), ("In {}", "In ", ""),
    ("The mother tongue of {} is", "The mother tongue of ", " is"),
    ("f({{x}}) of {} }}{{", "f({x}) of ", " }{"), ("{{}} {}", "{} ", ""), ("{}}}", "", "}"),
    ("é{}é", "é", "é"),
  ])
  func readsAndWrites(text: String, prefix: String, suffix: String) throws {
    let template = try PromptTemplate(text)
    #expect(template.prefix == prefix)
    #expect(template.suffix == suffix)
    #expect(template.text == text)
    #expect(template.filled(with: "X {}") == prefix + "X {}" + suffix)
  }

  @Test(arguments: [
    ("", PromptTemplateFault.noPlace), ("no place", .noPlace), ("{{}}", .noPlace),
    ("{} and {}", .severalPlaces(2)),
    ("{}{}{}", .severalPlaces(3)), ("{0} is", .loneBrace(byteOffset: 0)), ("{} }", .loneBrace(byteOffset: 3)),
    ("é {", .loneBrace(byteOffset: 3)), ("{{}", .loneBrace(byteOffset: 2)), ("{", .loneBrace(byteOffset: 0)),
  ])
  func refuses(text: String, fault: PromptTemplateFault) {
    #expect(throws: fault) { try PromptTemplate(text) }
  }

  @Test func wrapsAnotherTemplate() throws {
    let context = try PromptTemplate("A day. {} (end)")
    let wrapped = context.wrapping(try PromptTemplate("The wife of {} is"))
    #expect(wrapped.text == "A day. The wife of {} is (end)")
  }
}
