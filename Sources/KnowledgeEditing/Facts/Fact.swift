/// A fact to write into a model, (s, r, o*): after `prompt` filled with `subject` the model is to say `target`.
public struct Fact: Sendable, Equatable {
  /// What the file calls the record (`case_id`), else its place in the file counted from 0.
  public let id: String

  /// The words the fact is about; not empty.
  public let subject: String

  /// The prompt, with the place of the subject.
  public let template: PromptTemplate

  /// What the model is to say next; begins with a space.
  public let target: String

  /// What was true before, where the file says it; begins with a space.
  public let targetTrue: String?

  /// The relation's name (`relation_id`), where the file says it.
  public let relation: String?

  /// Where the fact was read, nil when it was not read from a file.
  public let source: FactSource?

  /// A fact.
  ///
  /// - Parameters:
  ///   - prompt: either a template that holds `{}` once (see `PromptTemplate`), or plain text that holds the subject
  ///     once, byte for byte, with no `{}` in it.
  ///   - target: gets a leading space if its first character is none, as the published code does.
  /// - Throws: `FactFault` when a text is empty or the place of the subject is not clear.
  public init(
    id: String = "0", subject: String, prompt: String, target: String, targetTrue: String? = nil,
    relation: String? = nil, source: FactSource? = nil
  ) throws(FactFault) {
    guard !Self.isBlank(subject) else { throw .empty(key: "subject") }
    guard !Self.isBlank(prompt) else { throw .empty(key: "prompt") }
    guard !Self.isBlank(target) else { throw .empty(key: "target") }
    self.id = id
    self.subject = subject
    self.template = try Self.template(prompt, subject)
    self.target = Self.spaced(target)
    self.targetTrue = targetTrue.map(Self.spaced)
    self.relation = relation
    self.source = source
  }

  /// The prompt in its written form, with exactly one `{}`.
  public var prompt: String { template.text }

  /// The prompt with the subject in its place: the text the model is given.
  public var filledPrompt: String { template.filled(with: subject) }

  /// The prompt's template: its own when it holds `{}`, else the text around the subject's only occurrence.
  private static func template(_ prompt: String, _ subject: String) throws(FactFault) -> PromptTemplate {
    let bytes = Array(prompt.utf8)
    let subjectBytes = Array(subject.utf8)
    if !bytes.occurrences(of: Array("{}".utf8), limit: 1).isEmpty {
      do { return try PromptTemplate(prompt) } catch { throw .template(error) }
    }
    let places = bytes.occurrences(of: subjectBytes, limit: 2)
    guard let start = places.first else {
      throw .subjectNotInPrompt(subject: subject, prompt: prompt)
    }
    guard places.count == 1 else { throw .subjectTwiceInPrompt(subject: subject, prompt: prompt) }
    return PromptTemplate(
      prefix: String(decoding: bytes[..<start], as: UTF8.self),
      suffix: String(decoding: bytes[(start + subjectBytes.count)...], as: UTF8.self))
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  private static func spaced(_ target: String) -> String { target.utf8.first == 0x20 ? target : " " + target }
}

/// Where in a file a fact was read.
public struct FactSource: Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public var file: String

  /// The record in the file, counted from 1.
  public var record: Int

  /// The line on which the record starts, counted from 1.
  public var line: Int

  /// That place.
  public init(file: String, record: Int, line: Int) {
    self.file = file
    self.record = record
    self.line = line
  }

  /// "facts.json, record 3 (line 41)".
  public var description: String { "\(file), record \(record) (line \(line))" }
}
