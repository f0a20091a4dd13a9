import Testing

@testable import Reports

@Suite struct EscapingTests {
  @Test func specialCharactersBecomeReferences() {
    #expect("<script>\"'&".escaped == "&lt;script&gt;&quot;&#39;&amp;")
    #expect("Zürich 東京 🙂".escaped == "Zürich 東京 🙂")
  }

  @Test func whatXMLForbidsIsReplaced() {
    #expect("a\u{0}b\u{1B}c\u{85}d\u{FFFE}".escaped == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
    #expect("tab\tline\n".escaped == "tab\tline\n")
  }

  @Test func clippingCountsScalars() {
    #expect("abc".clipped(to: 3) == "abc")
    #expect("abcd".clipped(to: 3) == "abc…")
    let marks = "e" + String(repeating: "\u{301}", count: 1_000)
    #expect(marks.count == 1)
    #expect(marks.clipped(to: 10).unicodeScalars.count == 11)
  }

  @Test func elementsEscapeAttributesAndText() {
    let name: String? = nil
    let markup = Markup("p", ["title": "a\"b<", "id": name]) {
      "1 < 2"
      Markup("br")
      Markup("p")
    }
    #expect(markup.source == "<p title=\"a&quot;b&lt;\">1 &lt; 2<br/><p></p></p>")
  }
}
