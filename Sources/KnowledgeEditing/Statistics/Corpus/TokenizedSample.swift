import Foundation

/// The documents of a sample, or of one shard of it, as token ids.
///
/// Memory: 4 bytes a token and about 40 a document.
public struct TokenizedSample: Sendable {
  /// One document.
  struct Document: Sendable {
    /// Which document of the corpus it is, counting from 0.
    let number: Int
    /// The line of its file that it begins in, counted from 1.
    fileprivate(set) var line = 0
    /// Where its tokens stand among those of all documents.
    fileprivate(set) var tokens = 0..<0
  }

  /// How many documents make up a group, whose tokens are summed in float32.
  static let groupSize = 100

  /// The corpus's files, for messages.
  let files: [URL]
  /// Which part of the sample this is.
  let shard: CorpusShard
  /// The documents in the sample's order, group by group.
  private(set) var groups: [[Document]]
  private var ids: [Int32] = []

  /// The places of a shard's documents, yet without tokens.
  ///
  /// - Parameter order: the numbers of the whole sample's documents, in order
  init(order: [Int32], shard: CorpusShard, files: [URL]) {
    self.files = files
    self.shard = shard
    let groupCount = (order.count + Self.groupSize - 1) / Self.groupSize
    groups = (0..<groupCount).filter { shard.contains(group: $0) }.map { group in
      let first = group * Self.groupSize
      return order[first..<min(first + Self.groupSize, order.count)].map {
        Document(number: Int($0))
      }
    }
  }

  /// Gives the document at a place its tokens.
  mutating func set(_ tokens: [Int], line: Int, at place: (group: Int, index: Int)) {
    let start = ids.count
    ids.append(contentsOf: tokens.lazy.map { Int32(clamping: $0) })
    groups[place.group][place.index].line = line
    groups[place.group][place.index].tokens = start..<ids.count
  }

  /// How many documents there are, those without tokens included.
  public var documentCount: Int { groups.reduce(0) { $0 + $1.count } }

  /// How many tokens there are.
  public var tokenCount: Int { ids.count }

  func tokens(of document: Document) -> [Int] { ids[document.tokens].map(Int.init) }
}
