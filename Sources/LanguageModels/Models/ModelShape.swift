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

/// What the modules of an architecture are called, with `{}` where a block's number goes.
public struct ModuleNames: Sendable, Equatable {
  /// The block.
  public var block: String
  /// Its attention.
  public var attention: String
  /// Its feed-forward network.
  public var feedForward: String
  /// The down-projection of that, which edits rewrite.
  public var rewrite: String
  /// The norm after the last block.
  public var finalNorm: String
  /// The head.
  public var head: String

  /// Names from that of the blocks, and those of modules within a block.
  init(
    block: String, attention: String, feedForward: String, downProjection: String, finalNorm: String,
    head: String
  ) {
    self.block = block
    self.attention = block + "." + attention
    self.feedForward = block + "." + feedForward
    rewrite = block + "." + feedForward + "." + downProjection
    self.finalNorm = finalNorm
    self.head = head
  }

  /// A template's name for one block.
  public static func name(_ template: String, block: Int) -> String {
    template.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: "\(block)")
  }
}
