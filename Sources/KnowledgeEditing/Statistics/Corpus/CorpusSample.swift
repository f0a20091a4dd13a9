import Checkpoints
import Foundation
import Tokenization

/// The documents of a corpus that statistics are taken of, in the published order.
///
/// The documents' numbers are shuffled with Python's `random.Random(1)`, and the first `sampleSize` are kept. Two passes
/// over the files find how many documents there are and tokenize the chosen ones; texts are never all in memory.
public struct CorpusSample: Sendable {
  /// The files of the corpus.
  public let corpus: Corpus
  /// How many documents the files hold.
  public let documentCount: Int
  /// How many documents were asked for; nil for all.
  public let sampleSize: Int?
  /// The numbers of the documents to use, in order.
  let order: [Int32]

  private static let seed: UInt64 = 1

  /// Counts the documents of a corpus and chooses among them.
  ///
  /// - Parameter sampleSize: how many to choose; nil, or as many as there are, for all
  /// - Throws: ``StatisticsError``; `CorpusError` naming file and line.
  public init(_ corpus: Corpus, sampleSize: Int?, progress: ProgressHandler? = nil) throws {
    if let sampleSize, sampleSize < 1 {
      throw StatisticsError.invalidSetting("\(sampleSize) samples were asked for; it must be 1 or more.")
    }
    self.corpus = corpus
    self.sampleSize = sampleSize
    var meter = ProgressMeter(phase: "Counting documents", unit: "documents", handler: progress)
    var count = 0
    let reader = corpus.documents()
    while try reader.next() != nil {
      count += 1
      meter.report(count)
    }
    guard let limit = Int32(exactly: count) else {
      throw StatisticsError.tooManyDocuments(files: corpus.files.map(\.path))
    }
    documentCount = count
    var order = Array(0..<limit)
    var random = PythonRandom(seed: Self.seed)
    random.shuffle(&order)
    self.order = sampleSize.map { Array(order.prefix($0)) } ?? order
  }

  /// Tokenizes the documents of a shard, special tokens (`<s>`) included, each cut to `maximumTokens`.
  ///
  /// - Throws: as ``init(_:sampleSize:progress:)``, and `TokenizerError`.
  public func tokenized(
    by tokenizer: Tokenizer, maximumTokens: Int, shard: CorpusShard = .whole,
    progress: ProgressHandler? = nil
  ) throws -> TokenizedSample {
    var sample = TokenizedSample(order: order, shard: shard, files: corpus.files)
    var places = [Int32](repeating: -1, count: documentCount)
    var positions: [(group: Int, index: Int)] = []
    for (group, documents) in sample.groups.enumerated() {
      for (index, document) in documents.enumerated() {
        places[document.number] = Int32(clamping: positions.count)
        positions.append((group, index))
      }
    }
    var meter = ProgressMeter(
      phase: "Tokenizing", unit: "documents", total: positions.count, handler: progress)
    let reader = corpus.documents()
    var number = 0
    var done = 0
    while let document = try reader.next() {
      defer { number += 1 }
      guard places.indices.contains(number), places[number] >= 0 else { continue }
      let tokens = try tokenizer.encode(document.text).truncated(to: maximumTokens)
      sample.set(tokens, line: document.line, at: positions[Int(places[number])])
      done += 1
      meter.report(done)
    }
    return sample
  }
}

extension Encoding {
  /// The ids cut to `limit`, those that the post-processor puts behind a text being kept.
  fileprivate func truncated(to limit: Int) -> [Int] {
    guard ids.count > limit else { return ids }
    let suffixLength = min(limit, isSpecial.reversed().prefix { $0 }.count)
    return Array(ids.prefix(limit - suffixLength) + ids.suffix(suffixLength))
  }
}
