/// The sizes of a decoder.
public struct ModelShape: Sendable, Equatable {
  /// `model_type` of `config.json`.
  public var architecture: String
  /// How many blocks there are.
  public var blockCount: Int
  /// d, the width of hidden states.
  public var width: Int
  /// n, the width of the feed-forward networks: what their down-projections take in.
  public var feedForwardWidth: Int
  /// V, the number of token ids.
  public var vocabularySize: Int
  /// The longest sequence.
  public var maximumPositions: Int

  /// A decoder of these sizes.
  public init(
    architecture: String, blockCount: Int, width: Int, feedForwardWidth: Int, vocabularySize: Int,
    maximumPositions: Int
  ) {
    self.architecture = architecture
    self.blockCount = blockCount
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.vocabularySize = vocabularySize
    self.maximumPositions = maximumPositions
  }
}
