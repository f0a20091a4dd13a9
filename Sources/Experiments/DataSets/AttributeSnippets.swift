import Foundation
import KnowledgeEditing
import StrictJSON

/// Reference texts about subjects that have an attribute (`attribute_snippets.json`): what text generated after an
/// edit is compared with.
public struct AttributeSnippets: Sendable, Equatable {
  /// A text about a subject.
  public struct Snippet: Sendable, Equatable {
    /// The subject.
    public var name: String
    /// The text.
    public var text: String

    /// That text.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The name of the published file in a data directory.
  public static let fileName = "attribute_snippets.json"

  private struct Attribute: Hashable {
    let relation: String
    let target: String
  }

  private var samples: [Attribute: [Snippet]] = [:]
  /// All texts, in file order.
  public private(set) var texts: [String] = []

  /// Snippets of no attribute yet.
  public init() {}

  /// Reads a file: an array of `{relation_id, target_id, samples: [{name, text, …}, …]}`. The texts of
  /// two records of one attribute are taken together, as published.
  ///
  /// - Throws: `FactError` with every problem of the records.
  public init(contentsOf url: URL) throws(FactError) {
    let records = try FactFile.records(url) { object, _ throws(FactFault) in
      (
        relation: try object.text("relation_id"), target: try object.text("target_id"),
        samples: try Self.samples(object)
      )
    }
    for record in records { insert(record.samples, relation: record.relation, target: record.target) }
  }

  private static func samples(_ object: JSONObject) throws(FactFault) -> [Snippet] {
    guard let value = object["samples"] else { throw .missing(key: "samples") }
    guard let elements = value.array else {
      throw .wrongType(key: "samples", expected: "an array of objects", found: value.kind)
    }
    var samples: [Snippet] = []
    for element in elements {
      guard let name = element["name"]?.string, let text = element["text"]?.string else {
        throw .wrongType(
          key: "samples", expected: "an array of objects with strings \"name\" and \"text\"",
          found: "an array that holds another value (\(element.kind))")
      }
      samples.append(Snippet(name: name, text: text))
    }
    return samples
  }

  /// Adds the texts about subjects of which relation and target hold.
  public mutating func insert(_ snippets: [Snippet], relation: String, target: String) {
    samples[Attribute(relation: relation, target: target), default: []] += snippets
    texts += snippets.map(\.text)
  }

  /// The texts about subjects of which relation and target hold; none where the file has none.
  public subscript(relation relation: String, target target: String) -> [Snippet] {
    samples[Attribute(relation: relation, target: target)] ?? []
  }
}
