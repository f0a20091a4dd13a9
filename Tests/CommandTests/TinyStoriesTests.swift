import Checkpoints
import Foundation
import StrictJSON
import Testing
import TestSupport

/// A real model, edited with facts about the characters of its stories, loaded by the library that others use.
@Suite(.enabled(if: Fixtures.hasTinyStories, "needs the shared data folder (../shared or ALPHAEDIT_SHARED)"))
struct TinyStoriesTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  /// Edits the model with twenty facts; the statistics are of stories that it writes itself.
  private func edited() throws -> (checkpoint: URL, report: JSON) {
    let names = ["Lily", "Tom", "Ben", "Mia", "Max", "Sue", "Tim", "Amy"]
    let prompts = names.flatMap { ["--prompt", "Once upon a time, there was a child named \($0)."] }
    let stories = try program.run(
      [
        "generate", "--model", Fixtures.tinyStories.path, "--max-tokens", "60", "--count", "4", "--threads",
        "1", "--json",
      ]
        + prompts)
    try #require(stories.status == 0, "\(stories.errors)")
    let corpus = try stories.json["generations"]?.array ?? []
    let text = corpus.map { ($0["prompt"]?.string ?? "") + ($0["text"]?.string ?? "") }
      .map { (["text": JSON($0)] as JSON).text() + "\n" }.joined()
    let output = folder["edited"]
    let result = try program.run([
      "edit", "--model", Fixtures.tinyStories.path, "--facts",
      Fixtures.own.appendingPathComponent("tiny-stories-facts.jsonl").path, "--output", output.path,
      "--corpus",
      try folder.write("stories.jsonl", text).path, "--steps", "15", "--threads", "1", "--json",
    ])
    try #require(result.status == 0, "\(result.errors)")
    return (output, try result.json)
  }

  /// Tokens of this model's vocabulary run over the ends of words, so a target cannot follow a prompt as in running text;
  /// what can be held to is that it becomes likelier.
  @Test func factsBecomeLikelier() throws {
    let (_, report) = try edited()
    let facts = try #require(report["facts"]?.array)
    #expect(facts.count == 20)
    func likelihood(_ fact: JSON, _ moment: String) -> Double {
      fact[moment]?["target_mean_log_probability"]?.double ?? 0
    }
    #expect(facts.count { likelihood($0, "after") > likelihood($0, "before") } >= 18)
    #expect(
      report["layers"]?.array?.compactMap { $0["tensor"]?.string } == ["model.layers.0.mlp.down_proj.weight"])
  }

  @Test(
    .enabled(if: Python.hasTransformers, "needs Python with transformers (ALPHAEDIT_PYTHON, else python3)"))
  func transformersGivesTheSameLogProbabilities() throws {
    let (checkpoint, _) = try edited()
    let facts = try String(
      contentsOf: Fixtures.own.appendingPathComponent("tiny-stories-facts.jsonl"), encoding: .utf8)
    let texts = try facts.split(separator: "\n").map { line in
      let fact = try JSON.parse(String(line))
      let prompt = (fact["prompt"]?.string ?? "")
        .replacingOccurrences(of: "{}", with: fact["subject"]?.string ?? "")
      return (["text": JSON(prompt + " " + (fact["target"]?.string ?? ""))] as JSON).text() + "\n"
    }
    let scored = try program.run([
      "score", "--model", checkpoint.path, folder.write("texts.jsonl", texts.joined()).path,
    ])
    try #require(scored.status == 0, "\(scored.errors)")
    let scores = folder["scores.jsonl"]
    try Data(scored.output.utf8).write(to: scores)
    let script = Fixtures.own.appendingPathComponent("transformers-scores.py").path
    let theirs = try Python.run([script, checkpoint.path, scores.path]).split(separator: "\n")
    let own = try scored.lines
    #expect(theirs.count == own.count && own.count == 20)
    for (line, score) in zip(theirs, own) {
      let expected = try JSON.parse(String(line)).numbers ?? []
      let found = score["logprobs"]?.numbers ?? []
      try #require(expected.count == found.count && !found.isEmpty)
      for (left, right) in zip(expected, found) { #expect(abs(left - right) < 1e-4) }
    }
  }
}

/// A Python that can import transformers.
enum Python {
  static let executable = ProcessInfo.processInfo.environment["ALPHAEDIT_PYTHON"] ?? "python3"

  static let hasTransformers = (try? run(["-c", "import torch, transformers"])) != nil

  struct Failure: Error { var status: Int32 }

  /// What Python prints.
  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [executable] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
  }
}
