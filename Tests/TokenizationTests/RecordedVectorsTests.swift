import Foundation
import StrictJSON
import Testing
import Tokenization
import TestSupport

/// Ids, texts and offsets recorded from Hugging Face's tokenizers 0.22 on 250 texts for each of five tokenizers.
@Suite(
  .enabled(
    if: SharedFolder.has("data/tokenizers"), "needs the shared data folder (../shared or ALPHAEDIT_SHARED)"))
struct RecordedVectorsTests {
  @Test(arguments: ["gpt2", "llama2", "llama3", "pythia", "tinystories-656k"])
  func everyVector(name: String) throws {
    let directory = SharedFolder.url.appending(path: "data/tokenizers/\(name)")
    let tokenizer = try Tokenizer(contentsOf: directory)
    let vectors = try JSON.parse(Data(contentsOf: directory.appending(path: "vectors.json"))).array ?? []
    #expect(vectors.count == 250)
    for vector in vectors {
      let text = try #require(vector["text"]?.string)
      let ids = vector["ids"]?.array?.map(\.int)
      let plain = vector["ids_plain"]?.array?.compactMap(\.int) ?? []
      let offsets = vector["offsets"]?.array?.map { $0.array?.compactMap(\.int) }

      #expect(try tokenizer.encode(text).ids == ids, "\(text)")
      let encoding = try tokenizer.encode(text, addingSpecialTokens: false)
      #expect(encoding.ids == plain, "\(text)")
      #expect(encoding.offsets.map { [$0.lowerBound, $0.upperBound] } == offsets, "\(text)")
      let decoded = try tokenizer.decode(plain, cleaningUpSpaces: false)
      #expect(JSONString(decoded) == vector["decoded"].map { JSONString($0.string ?? "") }, "\(text)")
    }
  }
}
