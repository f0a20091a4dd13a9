/// A file that a search for statistics came upon, and what became of it.
public struct ExaminedFile: Sendable, Equatable, CustomStringConvertible {
  /// What became of a file.
  public enum Outcome: Sendable, Equatable {
    /// It holds the statistics of this layer, and they were read.
    case used(layer: String)
    /// It is not used, for this reason.
    case rejected(reason: String)
  }

  /// The file.
  public var file: String
  /// What became of it.
  public var outcome: Outcome

  /// The file with what became of it.
  public var description: String {
    switch outcome {
    case .used(let layer): "\(file): used for “\(layer)”"
    case .rejected(let reason): "\(file): not used, because \(reason)"
    }
  }
}
