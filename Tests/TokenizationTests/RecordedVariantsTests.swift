import StrictJSON
import Testing
import Tokenization

/// Every component in many settings, against answers recorded from Hugging Face's tokenizers.
@Suite struct RecordedVariantsTests {
  static let recorded = Fixture.read("recorded")
  static let names = recorded["variants"]?.array?.compactMap { $0["name"]?.string } ?? []

  @Test func allAreThere() { #expect(Self.names.count > 40) }

  @Test(arguments: names) func variant(name: String) throws {
    let variant = try #require(Self.recorded["variants"]?.array?.first { $0["name"]?.string == name })
    var fixture = variant["base"]?.string == "byte-level" ? Fixture.byteLevel : Fixture.sentencePiece
    for change in variant["changes"]?.object?.members ?? [] {
      fixture = fixture.setting(change.key.text, to: change.value)
    }
    for change in variant["model"]?.object?.members ?? [] {
      fixture = fixture.setting("model.\(change.key)", to: change.value)
    }
    let tokenizer = try fixture.tokenizer()
    let texts = try #require(Self.recorded["texts"]?.array).compactMap(\.string)
    let cases = try #require(variant["cases"]?.array).compactMap(\.array)
    #expect(texts.count == cases.count)
    for (text, answer) in zip(texts, cases) {
      let integers = answer.dropLast().map { $0.array?.compactMap(\.int) ?? [] }
      #expect(try tokenizer.encode(text).ids == integers[0], "\(text)")
      let encoding = try tokenizer.encode(text, addingSpecialTokens: false)
      #expect(encoding.ids == integers[1], "\(text)")
      #expect(encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == integers[2], "\(text)")
      let decoded = JSON(try tokenizer.decode(integers[1], cleaningUpSpaces: false))
      #expect(decoded == answer.last, "\(text)")
    }
  }
}
