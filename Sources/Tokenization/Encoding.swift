/// A text as token ids.
public struct Encoding: Sendable, Equatable {
  /// The token ids.
  public var ids: [Int]

  /// Where each token comes from: a range of the input's Unicode scalars (Python's characters). Empty at 0 for
  /// tokens that the post-processor added. The tokens of one scalar's bytes all have that scalar's range.
  public var offsets: [Range<Int>]

  /// Whether each token was added by the post-processor (`<s>` before a text) and not read from the text.
  public var isSpecial: [Bool]

  /// An encoding of those tokens; the three lists have one length.
  public init(ids: [Int] = [], offsets: [Range<Int>] = [], isSpecial: [Bool] = []) {
    self.ids = ids
    self.offsets = offsets
    self.isSpecial = isSpecial
  }
}
