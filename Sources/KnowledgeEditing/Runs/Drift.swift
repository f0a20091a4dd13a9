import Checkpoints
import Foundation
import LanguageModels

/// How an edit changed the likelihood of text that it should not have touched.
public struct Drift: Sendable, Equatable {
  /// Where the text is from, in words.
  public var source: String
  /// How many tokens were predicted.
  public var tokenCount: Int
  /// Their mean log-probability (natural logarithm) under the unedited model.
  public var before: Double
  /// Under the edited model.
  public var after: Double

  /// exp(−mean log-probability) before.
  public var perplexityBefore: Double { exp(-before) }
  /// exp(−mean log-probability) after.
  public var perplexityAfter: Double { exp(-after) }
  /// By what share the perplexity has grown; negative where it has fallen.
  public var growth: Double { perplexityAfter / perplexityBefore - 1 }
}

/// Text on which drift is measured.
///
/// It is the file given; without one, the last documents of the corpus that the statistics are of; without a corpus,
/// what the unedited model itself writes.
struct HeldBackText {
  let source: String
  let sequences: [[Int]]

  /// How much text is used: that many documents at most, that many tokens of each.
  private static let documentCount = 32
  private static let tokenCount = 256
  /// How much the model writes, behind each of the start words of context templates.
  private static let writtenPrompts = 4
  private static let writtenTokens = 64

  init(_ settings: EditRunSettings, _ opened: OpenedModel) throws {
    if let file = settings.heldBackText {
      source = "the held-back text \(file.lastPathComponent)"
      sequences = try Self.last(of: Corpus(files: [file]), opened)
      guard !sequences.isEmpty else { throw EditRunError.emptyHeldBackText(file: file.path) }
    } else if case .corpus(let files, _) = settings.statistics {
      source = "the end of the corpus"
      sequences = try Self.last(of: Corpus(files: files), opened)
    } else {
      source = "text that the unedited model wrote"
      sequences = try Self.written(by: opened, seed: settings.seed)
    }
  }

  private static func last(of corpus: Corpus, _ opened: OpenedModel) throws -> [[Int]] {
    let reader = corpus.documents()
    var texts: [String] = []
    while let document = try reader.next() {
      if texts.count == 2 * documentCount { texts.removeFirst(documentCount) }
      texts.append(document.text)
    }
    return try texts.suffix(documentCount).map { try opened.ids($0, limit: tokenCount) }
      .filter { $0.count > 1 }
  }

  private static func written(by opened: OpenedModel, seed: UInt64) throws -> [[Int]] {
    let words = ContextTemplates.startWords.flatMap { Array(repeating: $0, count: writtenPrompts) }
    let prompts = try words.map { try opened.ids($0, limit: tokenCount) }
    let options = GenerationOptions(
      limit: .newTokens(writtenTokens), sampling: Sampling(seed: seed),
      stopTokens: Set([opened.tokenizer.eosID].compactMap { $0 }))
    return zip(prompts, try opened.model.generate(prompts, options)).map { $0 + $1.ids }
      .filter { $0.count > 1 }
  }

  /// The number of tokens that are predicted, and their mean log-probability; nil where there are none.
  func measure(_ model: any LanguageModel) throws -> (tokenCount: Int, mean: Double)? {
    let scores = try model.scores(of: sequences).flatMap(\.logProbabilities)
    return scores.isEmpty ? nil : (scores.count, scores.reduce(0, +) / Double(scores.count))
  }
}
