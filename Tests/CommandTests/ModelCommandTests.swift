import Foundation
import StrictJSON
import Testing
import TestSupport

/// `alphaedit generate`, `score` and `tokenize` on the tiny Llama.
@Suite struct ModelCommandTests {
  private let folder: TemporaryDirectory
  private let program: Program
  private let model = Package.llamaTiny.appendingPathComponent("model")

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  @Test func scoresAgreeWithGeneration() throws {
    let generated = try program.run([
      "generate", "--model", model.path, "--prompt", "The home town of", "--max-tokens", "5", "--json",
    ])
    try #require(generated.status == 0, "\(generated.errors)")
    let generations = try generated.json["generations"]?.array
    let generation = try #require(generations?.first)
    let written = try #require(generation["ids"]?.integers)
    let file = try folder.write("prompt.jsonl", #"{"text": "The home town of"}"#)
    let tokenized = try program.run(["tokenize", "--tokenizer", model.path, file.path]).lines
    let prompt = try #require(tokenized.first?["ids"]?.integers)
    #expect(tokenized.first?["decoded"]?.string == "The home town of")
    #expect(tokenized.first?["idsPlain"]?.integers == Array(prompt.dropFirst()))

    let ids = prompt + written
    let lines = try folder.write(
      "texts.jsonl", "{\"ids\": \(ids)}\n\n{\"text\": \"The home town of\"}\r\n{\"ids\": [5]}\n")
    let scored = try program.run(["score", "--model", model.path, lines.path])
    try #require(scored.status == 0, "\(scored.errors)")
    let scores = try scored.lines
    #expect(scores.map { $0["ids"]?.integers } == [ids, prompt, [5]])
    #expect(scores.map { $0["logprobs"]?.array?.count } == [ids.count - 1, prompt.count - 1, 0])
    let mostLikely = try #require(scores[0]["argmax"]?.integers)
    #expect(Array(mostLikely.suffix(5)) == written, "greedy generation takes the most likely tokens")
    let (long, short) = (
      scores[0]["logprobs"]?.numbers ?? [],
      scores[1]["logprobs"]?.numbers ?? []
    )
    for (left, right) in zip(long, short) { #expect(abs(left - right) < 1e-5) }
    #expect(long.allSatisfy { $0 < 1e-6 })
  }

  @Test func idsNeedNoTokenizer() throws {
    let copy = folder["model"]
    try FileManager.default.copyItem(at: model, to: copy)
    try FileManager.default.removeItem(at: copy.appendingPathComponent("tokenizer.json"))
    let ids = try folder.write("ids.jsonl", #"{"ids": [5, 6, 7]}"#)
    #expect(try program.run(["score", "--model", copy.path, ids.path]).status == 0)
    let text = try folder.write("text.jsonl", #"{"text": "a"}"#)
    let result = try program.run(["score", "--model", copy.path, text.path])
    #expect(result.status == 1 && result.errors.contains("tokenizer.json"), "\(result.errors)")
  }

  @Test(arguments: [
    ("{\"ids\": [1, 2]}\n{\"ids\": [1, 99999]}", "line 2"), ("{\"ids\": []}", "line 1"),
    ("{\"ids\": [1.5]}", "line 1"), ("{\"ids\": [1}", "line 1"), ("{\"txt\": \"a\"}", "line 1"),
    ("[]", "line 1"),
  ])
  func linesThatCannotBeScored(text: String, place: String) throws {
    let file = try folder.write("texts.jsonl", text)
    let result = try program.run(["score", "--model", model.path, file.path])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("error: \(file.path), \(place): "), "\(result.errors)")
  }

  @Test func drawsDependOnTheSeedOnly() throws {
    func text(_ seed: Int) throws -> String {
      try program.run([
        "generate", "--model", model.path, "--prompt", "The", "--top-k", "50", "--temperature", "2", "--seed",
        "\(seed)",
      ]).output
    }
    let first = try text(1)
    #expect(try text(1) == first)
    #expect(try text(2) != first)
  }
}
