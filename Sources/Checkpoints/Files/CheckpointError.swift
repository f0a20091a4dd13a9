/// What is wrong with a checkpoint, a file of tensors or arrays, or the place one is to be written to.
///
/// `description` is one sentence that names the file, where in it the trouble is, and what to do about it.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sort of trouble, for programs that react to it.
  public enum Kind: Sendable, Equatable {
    /// A file or directory is not there, or the system would not read it.
    case unreadable
    /// A file ended early, or changed while it was being read.
    case truncated
    /// The contents of a file break its format.
    case malformed
    /// A file breaks a rule of its format in the description of the named tensor.
    case malformedTensor(String)
    /// The shards of a checkpoint and its index disagree.
    case inconsistentIndex
    /// A file name in the data leads out of the checkpoint's directory.
    case unsafePath
    /// The named key of a configuration is missing, of the wrong type, or out of range.
    case configuration(key: String)
    /// The checkpoint has no tensor of this name.
    case missingTensor(String)
    /// The bytes given for the named tensor do not fit it.
    case wrongTensorSize(String)
    /// The destination exists and overwriting it was not asked for, or would lose something.
    case destinationExists
    /// The destination cannot be used, whatever the options.
    case unusableDestination
    /// Another process is writing to the same destination.
    case locked
    /// The file system has too little room.
    case noSpace
    /// The system refused to write.
    case unwritable
    /// What was written failed the caller's check, and was discarded.
    case rejected
  }

  /// The sort of trouble.
  public var kind: Kind
  /// The file or directory concerned.
  public var file: String
  /// What is wrong, where in the file, and what to do.
  public var reason: String

  /// An error about `file`.
  public init(_ kind: Kind, file: String, _ reason: String) {
    self.kind = kind
    self.file = file
    self.reason = reason
  }

  /// The file and the reason, in one sentence.
  public var description: String { "\(file): \(reason)" }
}
