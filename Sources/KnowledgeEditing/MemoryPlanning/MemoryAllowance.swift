/// How much working memory a command may take beside the model's weights.
public enum MemoryAllowance: Sendable, Equatable {
  /// As much as is useful; more than ``usual`` only where the work cannot be done in it, or not in one pass over the corpus, and
  /// the machine has it.
  case automatic
  /// So many bytes and no more.
  case bytes(Int)

  /// What is useful for models of ordinary size.
  public static let usual = 2_000_000_000

  /// The bytes, for work that can be cut up as small as need be.
  public var bytes: Int {
    switch self {
    case .automatic: Self.usual
    case .bytes(let bytes): bytes
    }
  }
}
