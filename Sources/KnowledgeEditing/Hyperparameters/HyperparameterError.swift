import StrictJSON

/// Why hyper-parameters cannot be used.
public struct HyperparameterError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Sendable, Equatable {
    /// The file cannot be read.
    case unreadable(reason: String)
    /// The file is not JSON.
    case notJSON(JSONError)
    /// The file is JSON but not an object.
    case notAnObject(found: String)
    /// The key is not there.
    case missing
    /// The key's value has another type.
    case wrongType(expected: String, found: String)
    /// The key's value is not one of those allowed.
    case notAllowed(value: String, allowed: String)
    /// The key says the same as another one that is there too.
    case excludes(String)
    /// A value that cannot be guessed for a model.
    case notDerivable(key: String)
    /// Single values were given that the method does not have.
    case notOfMethod(String)
    /// No file has that path and no built-in hyper-parameters have that name.
    case unknownName(known: [String])
  }

  /// The file's path, or the name of built-in or derived hyper-parameters.
  public var file: String

  /// The published key; nil when the file as a whole is meant.
  public var key: String?

  /// What is wrong.
  public var fault: Fault

  /// "Llama3-8B.json: v_lr must be …".
  public var description: String {
    "\(file): " + (key.map { "\($0) " } ?? "") + fault.description
  }
}

extension HyperparameterError.Fault: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notJSON(let error): "is not valid JSON: \(error)"
    case .notAnObject(let found): "must hold an object of hyper-parameters, not \(found)"
    case .missing: "is missing"
    case .wrongType(let expected, let found): "must be \(expected), not \(found)"
    case .notAllowed(let value, let allowed): "is \(value), but must be \(allowed)"
    case .excludes(let other): "cannot stand beside \(other); keep one of them"
    case .notDerivable(let key):
      "needs \(key), which cannot be derived from a model's configuration; give a file of hyper-parameters"
    case .notOfMethod(let method): "are for other methods; \(method) takes layers, steps and a learning rate"
    case .unknownName(let known):
      "is neither a file nor the name of built-in hyper-parameters (\(known.joined(separator: ", ")))"
    }
  }
}
