import StrictJSON

/// Why a tokenizer could not be read or used.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// The file is not JSON.
  case notJSON(file: String, JSONError)
  /// A field is missing, of the wrong type, or contradicts another. `field` is its path, such as `model.merges[3]`.
  case invalid(file: String, field: String, reason: String)
  /// A field asks for something this library does not do; computing on would give other ids than the file means.
  case unsupported(file: String, field: String, reason: String)
  /// The text is longer than the 2 GiB that positions are kept for.
  case textTooLong(bytes: Int)
  /// No token has this id.
  case unknownID(Int, vocabularySize: Int)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .notJSON(let file, let error): "\(file): not JSON: \(error)"
    case .invalid(let file, let field, let reason): "\(file): \(field): \(reason)"
    case .unsupported(let file, let field, let reason): "\(file): \(field): not supported: \(reason)"
    case .textTooLong(let bytes):
      "the text has \(bytes) bytes; at most \(Int32.max) can be tokenized at once: split it"
    case .unknownID(let id, let vocabularySize):
      "no token has id \(id); ids run from 0 to \(vocabularySize - 1), possibly with gaps"
    }
  }
}
