/// Rows of equal length, whose tokens attention handles together.
///
/// The tokens of all groups of a batch lie side by side without padding: group 0's first row, its second
/// row, …, group 1's first row, …
public struct RowGroup {
  /// How many rows there are.
  public var rows: Int
  /// How many tokens each row has in this pass.
  public var length: Int
  /// The rows' tokens before these.
  public var past: PastKeyValues?

  /// A group of `rows` rows of `length` tokens each.
  public init(rows: Int, length: Int, past: PastKeyValues? = nil) {
    self.rows = rows
    self.length = length
    self.past = past
  }

  /// How many tokens the group has in this pass.
  public var tokenCount: Int { rows * length }
}
