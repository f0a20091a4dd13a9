import Foundation
import KnowledgeEditing
import StrictJSON

/// A fact that models know, of ROME's `known_1000.json`: where hidden states are looked at before and after an edit.
public struct KnownFact: Sendable, Equatable {
  /// The words the fact is about.
  public let subject: String

  /// The prompt, with the place of the subject.
  public let template: PromptTemplate

  /// Where the record was read; nil when it was not read from a file.
  public let source: FactSource?

  /// A known fact.
  public init(subject: String, template: PromptTemplate, source: FactSource? = nil) {
    self.subject = subject
    self.template = template
    self.source = source
  }

  /// The name of the published file in a data directory.
  public static let fileName = "known_1000.json"

  /// Reads the records of a file: `subject`, and `template` with one `{}`.
  ///
  /// - Throws: `FactError` with every problem of the records.
  public static func read(_ url: URL, limit: Int? = nil) throws(FactError) -> [KnownFact] {
    try FactFile.records(url, limit: limit) { object, source throws(FactFault) in
      try KnownFact(object, source: source)
    }
  }

  private init(_ object: JSONObject, source: FactSource) throws(FactFault) {
    let text = try object.text("template")
    do { template = try PromptTemplate(text) } catch { throw .template(error) }
    subject = try object.text("subject")
    self.source = source
  }

  /// The prompt with the subject in its place.
  public var prompt: String { template.filled(with: subject) }
}
