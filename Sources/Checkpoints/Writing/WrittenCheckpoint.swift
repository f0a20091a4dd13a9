import Foundation

/// What a checkpoint that has been written consists of.
public struct WrittenCheckpoint: Sendable, Equatable {
  /// One file.
  public struct File: Sendable, Equatable {
    /// Its name in the directory.
    public var name: String
    /// Its length in bytes.
    public var byteCount: Int
    /// The hash of its bytes.
    public var hash: ContentHash
  }

  /// One tensor that was replaced.
  public struct ChangedTensor: Sendable, Equatable {
    /// The tensor's name.
    public var name: String
    /// The name of the file that holds it.
    public var file: String
    /// The type of its elements.
    public var dtype: StoredType
    /// Its dimensions.
    public var shape: [Int]
    /// The hash of its bytes in the source.
    public var before: ContentHash
    /// The hash of the bytes in their place.
    public var after: ContentHash
  }

  /// Where it is.
  public var directory: URL
  /// Its files but the record itself, in the order they were written.
  public var files: [File] = []
  /// The tensors that were replaced, in the order of their data.
  public var changedTensors: [ChangedTensor] = []
  /// What the source directory holds and the new one does not, with the reason.
  public var skipped: [CheckpointWarning] = []

  /// A checkpoint of which nothing has been written yet.
  public init(directory: URL, skipped: [CheckpointWarning] = []) {
    self.directory = directory
    self.skipped = skipped
  }
}

/// The moments of writing a checkpoint between which a fault leaves a different state behind.
enum WritingStep: Equatable {
  case locked
  case staged
  case wrote(String)
  case recorded
  case validated
  case published
  case removedPrevious
}
