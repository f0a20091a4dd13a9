import Foundation
import Testing
import Torch

@testable import KnowledgeEditing

/// Which part of a text is held back for measuring a model.
struct HeldBackTextTests {
  private let opened: OpenedModel

  init() throws {
    Engine.setThreadCount(1)
    opened = try OpenedModel(FactTestFiles.fixtures.appending(path: "llama-tiny/model"))
  }

  private func text(_ documents: [String], _ limits: HeldBackText.Limits) throws -> HeldBackText {
    let file = FileManager.default.temporaryDirectory.appending(path: "held-back-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(documents.joined(separator: "\n\n").utf8).write(to: file)
    return try HeldBackText(contentsOf: file, for: opened, limits: limits)
  }

  private var limits: HeldBackText.Limits {
    var limits = HeldBackText.Limits()
    limits.windowTokens = 16
    limits.totalTokens = 80
    return limits
  }

  @Test func `one long document is used up to the number of tokens in all`() throws {
    let words = (0..<300).map { "word\($0)" }.joined(separator: " ")
    let held = try text([words], limits)
    #expect(held.sequences.map(\.count) == [16, 16, 16, 16, 16])
    let begin = try opened.ids("")
    #expect(held.sequences.allSatisfy { $0.starts(with: begin) })
    let joined = held.sequences.flatMap { $0.dropFirst(begin.count) }
    #expect(try opened.ids(words).dropFirst(begin.count).starts(with: joined))
    #expect(try held.measure(opened.model)?.tokenCount == 75)
  }

  @Test func `each document has a part before any has two`() throws {
    let long = (0..<60).map { "long\($0)" }.joined(separator: " ")
    let held = try text([long, "A short one.", long], limits)
    let short = try opened.ids("A short one.")
    #expect(held.sequences[0] == held.sequences[2])
    #expect(held.sequences[1] == Array(short.prefix(16)))
    #expect(held.sequences.reduce(0) { $0 + $1.count } <= 80)
    #expect(held.sequences[0] != held.sequences[3])
  }

  @Test func `the last documents are taken`() throws {
    var limits = limits
    limits.documents = 2
    let held = try text(["first text", "second text", "third text"], limits)
    #expect(held.sequences == [try opened.ids("second text"), try opened.ids("third text")])
  }

  @Test func `text without two tokens in a row is refused`() {
    #expect(throws: EditRunError.self) { try text([""], limits) }
    var none = limits
    none.totalTokens = -1
    #expect(throws: EditRunError.self) { try text(["some text"], none) }
  }

  @Test func `perplexity is that of the mean`() {
    #expect(abs(TextLikelihood(tokenCount: 3, mean: -2).perplexity - exp(2)) < 1e-12)
  }
}
