import StrictJSON

/// A value in a tokenizer's file that knows where it is, so that every refusal can say so.
struct TokenizerField {
  let value: JSON
  let path: String
  let file: String

  /// The member `name`, nil when it is absent or null.
  func optional(_ name: String) throws(TokenizerError) -> TokenizerField? {
    guard let object = value.object else { throw mismatch("an object") }
    guard let member = object[name], !member.isNull else { return nil }
    return TokenizerField(value: member, path: path.isEmpty ? name : "\(path).\(name)", file: file)
  }

  /// The member `name`.
  func required(_ name: String) throws(TokenizerError) -> TokenizerField {
    guard let member = try optional(name) else {
      throw .invalid(file: file, field: path.isEmpty ? name : "\(path).\(name)", reason: "is missing")
    }
    return member
  }

  func elements() throws(TokenizerError) -> [TokenizerField] {
    guard let elements = value.array else { throw mismatch("a list") }
    return elements.enumerated().map { TokenizerField(value: $1, path: "\(path)[\($0)]", file: file) }
  }

  func bytes() throws(TokenizerError) -> [UInt8] {
    guard case .string(let string) = value else { throw mismatch("a string") }
    return string.bytes
  }

  func string() throws(TokenizerError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  func int() throws(TokenizerError) -> Int {
    guard let int = value.int else { throw mismatch("an integer") }
    return int
  }

  /// The boolean member `name`, or `defaultValue` when it is absent.
  func flag(_ name: String, default defaultValue: Bool) throws(TokenizerError) -> Bool {
    guard let field = try optional(name) else { return defaultValue }
    guard let bool = field.value.bool else { throw field.mismatch("true or false") }
    return bool
  }

  /// A string of one Unicode scalar.
  func scalar() throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string().unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { throw invalid("must be one character") }
    return scalar
  }

  /// The component's `type`, and the field it stands in.
  func type() throws(TokenizerError) -> (name: String, field: TokenizerField) {
    let field = try required("type")
    return (try field.string(), field)
  }

  func invalid(_ reason: String) -> TokenizerError { .invalid(file: file, field: path, reason: reason) }

  func unsupported(_ reason: String) -> TokenizerError {
    .unsupported(file: file, field: path, reason: reason)
  }

  private func mismatch(_ expected: String) -> TokenizerError {
    invalid("must be \(expected), is \(value.kind)")
  }
}
