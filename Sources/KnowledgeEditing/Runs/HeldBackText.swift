import Checkpoints
import Foundation
import LanguageModels
import Tokenization

/// How likely a model finds a text.
public struct TextLikelihood: Sendable, Equatable {
  /// How many tokens were predicted.
  public var tokenCount: Int
  /// Their mean log-probability (natural logarithm).
  public var mean: Double

  /// exp(−``mean``).
  public var perplexity: Double { exp(-mean) }
}

/// Text on which a model is measured that it should know as well after an edit as before.
///
/// Documents are cut into windows of equal length, each read by itself behind what stands before every text. The
/// first window of each document comes first, then the second of each that has one, and so on up to a number of
/// tokens in all; so of many documents each has a part in it, and of a single long one all is used that the number
/// allows.
public struct HeldBackText: Sendable {
  /// How much text is used.
  public struct Limits: Sendable, Equatable {
    /// How many documents, from the end of the file.
    public var documents = 32
    /// How many tokens a window has at most.
    public var windowTokens = 256
    /// How many tokens all windows have at most.
    public var totalTokens = 32 * 256

    /// The limits of `alphaedit edit`.
    public init() {}
  }

  /// Where the text is from, in words.
  public let source: String
  /// The windows in tokens, none shorter than two.
  public let sequences: [[Int]]

  /// How much the model writes, behind each of the start words of context templates.
  private static let writtenPrompts = 4
  private static let writtenTokens = 64

  /// Text of a file, for a model that was opened.
  ///
  /// - Throws: ``EditRunError/emptyHeldBackText(file:)``, `CorpusError`, `TokenizerError` or
  ///   ``EditRunError/tokenizerMismatch(model:id:vocabularySize:)``.
  public init(contentsOf file: URL, for opened: OpenedModel, limits: Limits = Limits()) throws {
    source = "the held-back text \(file.lastPathComponent)"
    sequences = try Self.windows(of: Corpus(files: [file]), opened, limits)
    guard !sequences.isEmpty else { throw EditRunError.emptyHeldBackText(file: file.path) }
  }

  /// The text of an edit: its file; without one, the last documents of the corpus that the statistics are of;
  /// without a corpus, what the unedited model itself writes.
  package init(_ settings: EditRunSettings, _ opened: OpenedModel) throws {
    if let file = settings.heldBackText {
      try self.init(contentsOf: file, for: opened)
    } else if case .corpus(let files, _) = settings.statistics {
      self.init(source: "the end of the corpus", try Self.windows(of: Corpus(files: files), opened, Limits()))
    } else {
      self.init(
        source: "text that the unedited model wrote", try Self.written(by: opened, seed: settings.seed))
    }
  }

  private init(source: String, _ sequences: [[Int]]) {
    self.source = source
    self.sequences = sequences
  }

  private static func windows(of corpus: Corpus, _ opened: OpenedModel, _ limits: Limits) throws -> [[Int]] {
    let reader = corpus.documents()
    let count = max(1, limits.documents)
    var texts: [String] = []
    while let document = try reader.next() {
      if texts.count == 2 * count { texts.removeFirst(count) }
      texts.append(document.text)
    }
    let windows = try texts.suffix(count).map { text in
      try Self.windows(of: opened.ids(text), beginning: opened.ids(""), opened.model, limits)
    }
    var chosen: [[Int]] = []
    var left = max(0, limits.totalTokens)
    for number in 0..<(windows.map(\.count).max() ?? 0) {
      for document in windows where number < document.count {
        let window = document[number].prefix(left)
        guard window.count > 1 else { continue }
        chosen.append(Array(window))
        left -= window.count
      }
    }
    return chosen
  }

  /// A document's windows, each begun as every text is.
  private static func windows(
    of ids: [Int], beginning: [Int], _ model: any LanguageModel, _ limits: Limits
  ) -> [[Int]] {
    let prefix = ids.starts(with: beginning) ? beginning : []
    let own = max(1, min(limits.windowTokens, model.maximumPositions) - prefix.count)
    // More windows than fit into the total are not looked at.
    let used = ids.dropFirst(prefix.count).prefix(max(0, limits.totalTokens))
    return stride(from: used.startIndex, to: used.endIndex, by: own).map { start in
      prefix + used[start..<min(start + own, used.endIndex)]
    }.filter { $0.count > 1 }
  }

  private static func written(by opened: OpenedModel, seed: UInt64) throws -> [[Int]] {
    let words = ContextTemplates.startWords.flatMap { Array(repeating: $0, count: writtenPrompts) }
    let prompts = try words.map { try opened.ids($0) }
    let options = GenerationOptions(
      limit: .newTokens(writtenTokens), sampling: Sampling(seed: seed),
      stopTokens: Set([opened.tokenizer.eosID].compactMap { $0 }))
    return zip(prompts, try opened.model.generate(prompts, options)).map { $0 + $1.ids }
      .filter { $0.count > 1 }
  }

  /// The beginning of the text, of at most so many tokens.
  func prefix(_ tokenLimit: Int) -> HeldBackText {
    var left = max(0, tokenLimit)
    return HeldBackText(
      source: source,
      sequences.map { sequence in
        let kept = Array(sequence.prefix(left))
        left -= kept.count
        return kept
      }.filter { $0.count > 1 })
  }

  /// How likely `model` finds the text; nil where there is nothing to predict.
  ///
  /// - Throws: `LanguageModelError` or `TorchError`.
  public func measure(_ model: any LanguageModel) throws -> TextLikelihood? {
    let scores = try model.scores(of: sequences).flatMap(\.logProbabilities)
    guard !scores.isEmpty else { return nil }
    return TextLikelihood(tokenCount: scores.count, mean: scores.reduce(0, +) / Double(scores.count))
  }
}
