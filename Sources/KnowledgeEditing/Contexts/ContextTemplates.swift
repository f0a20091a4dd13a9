import Foundation
import StrictJSON

/// Texts put before a fact's prompt, so that the fact's key and target value hold in more than one context.
///
/// They come in types: a key is the mean within each type and then the mean over types, so the bare prompt, the only
/// member of type 0, weighs as much as all generated contexts together.
public struct ContextTemplates: Sendable, Equatable {
  /// The templates, by type; the first of type 0 is the bare `{}`. No type is empty.
  public let types: [[PromptTemplate]]

  /// The bare prompt only.
  public static let bare = ContextTemplates(unchecked: [[PromptTemplate(prefix: "", suffix: "")]])

  private init(unchecked types: [[PromptTemplate]]) { self.types = types }

  /// Templates in their written form, by type.
  ///
  /// - Throws: `ContextTemplateFault` when a type is empty, a text is no template, or the first is not `{}`.
  public init(types: [[String]]) throws(ContextTemplateFault) {
    var parsed: [[PromptTemplate]] = []
    for (type, texts) in types.enumerated() {
      guard !texts.isEmpty else { throw .emptyType(type) }
      var templates: [PromptTemplate] = []
      for (index, text) in texts.enumerated() {
        do { templates.append(try PromptTemplate(text)) } catch {
          throw .template(type: type, index: index, fault: error)
        }
      }
      parsed.append(templates)
    }
    guard parsed.first?.first == Self.bare.types[0][0] else { throw .firstIsNotBare }
    self.types = parsed
  }

  /// The published templates: type 0 the bare prompt, type 1 each generated text, its braces read as spaces, followed
  /// by `. ` and the prompt.
  ///
  /// - Parameter generated: decoded tokens, the start word and special tokens included.
  public init(generated: [String]) {
    self.init(
      prefixes: generated.map { text in
        GeneratedText.normalized(text)
          .replacingOccurrences(of: "{", with: " ", options: .literal)
          .replacingOccurrences(of: "}", with: " ", options: .literal) + ". "
      })
  }

  /// Type 0 the bare prompt, type 1 the given texts, each before the prompt.
  init(prefixes: [String]) {
    let contexts = prefixes.map { PromptTemplate(prefix: $0, suffix: "") }
    types = Self.bare.types + (contexts.isEmpty ? [] : [contexts])
  }

  /// The templates in their written form, a list of types, as the file that `read(_:)` takes.
  public var json: JSON { JSON(types.map { type in JSON(type.map { JSON($0.text) }) }) }

  /// The weight of each template, in the order of `types` flattened, in a mean over types of the means within types.
  public var weights: [Double] {
    types.flatMap { type in type.map { _ in 1 / Double(types.count * type.count) } }
  }
}

extension ContextTemplates {
  /// What the published contexts begin with, in order.
  public static let startWords = ["The", "Therefore", "Because", "I", "You"]

  /// The published length of a context in tokens, its start word and special tokens included.
  public static let generatedLength = 10

  /// The number of most probable tokens of which the published contexts' next one is drawn.
  public static let generatedTopK = 5

  /// The published templates, from texts that `generator` writes.
  ///
  /// - Parameter generator: continues each prompt up to `maximumLength` tokens in total, drawing among the `topK` most
  ///   probable; returns the decoded tokens of each, prompt and special tokens included.
  public static func generate<Failure: Error>(
    using generator: (_ prompts: [String], _ maximumLength: Int, _ topK: Int) throws(Failure) -> [String]
  ) throws(Failure) -> ContextTemplates {
    ContextTemplates(generated: try generator(startWords, generatedLength, generatedTopK))
  }

  /// Reads a JSON file: an array of types, each an array of templates, the first of them `["{}"]`.
  ///
  /// - Throws: `ContextTemplateError` that names the file and what is wrong in it.
  public static func read(_ url: URL) throws(ContextTemplateError) -> ContextTemplates {
    do {
      return try ContextTemplates(types: try texts(url))
    } catch {
      throw ContextTemplateError(file: url.path, fault: error)
    }
  }

  private static func texts(_ url: URL) throws(ContextTemplateFault) -> [[String]] {
    let document: JSON
    do { document = try JSON.parse(try Data(contentsOf: url)) } catch let error as JSONError {
      throw .notJSON(error)
    } catch {
      throw .unreadable(reason: error.localizedDescription)
    }
    let expected = "an array of arrays of strings"
    guard let types = document.array else { throw .wrongShape(expected: expected, found: document.kind) }
    var texts: [[String]] = []
    for type in types {
      guard let templates = type.array else {
        throw .wrongShape(expected: expected, found: "an array that holds \(type.kind)")
      }
      let strings = templates.compactMap(\.string)
      guard strings.count == templates.count else {
        throw .wrongShape(expected: expected, found: "an inner array that holds something else")
      }
      texts.append(strings)
    }
    return texts
  }
}
