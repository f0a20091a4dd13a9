/// One of several parts of a corpus that are worked through independently, on several machines perhaps.
public struct CorpusShard: Sendable, Equatable, CustomStringConvertible {
  /// Which part this is, from 1 to ``count``.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// The largest number of parts that is taken for serious.
  static let countLimit = 100_000
  /// The whole corpus.
  public static let whole = CorpusShard(uncheckedIndex: 1, count: 1)

  private init(uncheckedIndex index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// Part `index` of `count`; nil where there is no such part.
  public init?(index: Int, count: Int) {
    guard (1...Self.countLimit).contains(count), (1...count).contains(index) else { return nil }
    self.init(uncheckedIndex: index, count: count)
  }

  /// Reads `2/8`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
    self.init(index: index, count: count)
  }

  /// What ``init(_:)`` reads.
  public var description: String { "\(index)/\(count)" }

  /// Whether this part has the group of documents numbered `group`, counting from 0.
  func contains(group: Int) -> Bool { group % count == index - 1 }
}
