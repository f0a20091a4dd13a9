import StrictJSON

/// What is wrong with context templates.
public enum ContextTemplateFault: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(reason: String)
  /// The file is not JSON.
  case notJSON(JSONError)
  /// The file's JSON has another shape.
  case wrongShape(expected: String, found: String)
  /// A type, counted from 0, has no templates.
  case emptyType(Int)
  /// A text, counted from 0 in a type counted from 0, is no template.
  case template(type: Int, index: Int, fault: PromptTemplateFault)
  /// The first template is not `{}`.
  case firstIsNotBare

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notJSON(let error): "not valid JSON: \(error)"
    case .wrongShape(let expected, let found): "expected \(expected), found \(found)"
    case .emptyType(let type): "type \(type) holds no templates"
    case .template(let type, let index, let fault): "template \(index) of type \(type) \(fault)"
    case .firstIsNotBare: "the first template must be \"{}\", the bare prompt: the target value is read there"
    }
  }
}

/// Why a file of context templates cannot be used.
public struct ContextTemplateError: Error, Equatable, CustomStringConvertible {
  /// The file's path.
  public var file: String

  /// What is wrong with it.
  public var fault: ContextTemplateFault

  /// "templates.json: what is wrong".
  public var description: String { "\(file): \(fault)" }
}
