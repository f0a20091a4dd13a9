import Foundation
import KnowledgeEditing
import StrictJSON

/// A question of zsRE, in the layout of MEND's evaluation file, as a fact to write and what it is measured by.
///
/// The fact's target is the first of `answers`. The published code puts `{}` in place of *every* occurrence of the
/// subject and stops where there is not exactly one. Here the first occurrence counts, the others are text; a
/// question without its subject is refused.
public struct ZsRERecord: Sendable, Equatable {
  /// The fact to write; its name is the record's place in the file, counted from 0.
  public let fact: Fact

  /// The same question in other words.
  public let paraphrasePrompts: [String]

  /// A question about something else (`loc`), with a question mark behind it.
  public let localityQuestion: String

  /// The answer to ``localityQuestion`` by the Natural Questions data; begins with a space.
  public let localityAnswer: String

  /// What the published code writes as `target_true`, a record having no former answer.
  private static let publishedTargetTrue = "<|endoftext|>"

  /// Reads the records of a file.
  ///
  /// - Parameter limit: how many records to take from the file's start; nil for all.
  /// - Throws: `FactError` with every problem of the records.
  public static func read(_ url: URL, limit: Int? = nil) throws(FactError) -> [ZsRERecord] {
    try FactFile.records(url, limit: limit) { object, source throws(FactFault) in
      try ZsRERecord(object, source: source)
    }
  }

  init(_ object: JSONObject, source: FactSource) throws(FactFault) {
    let (question, subject) = (try object.text("src"), try object.text("subject"))
    guard let answers = object["answers"] else { throw .missing(key: "answers") }
    guard let answer = answers.array?.first?.string else {
      throw .wrongType(key: "answers", expected: "an array that begins with a string", found: answers.kind)
    }
    fact = try Fact(
      id: String(source.record - 1), subject: subject, prompt: Self.template(of: question, subject).text,
      target: answer, source: source)
    paraphrasePrompts = [try object.text("rephrase")]
    localityQuestion = try object.text("loc") + "?"
    localityAnswer = " " + (try object.text("loc_ans"))
  }

  /// The question with the place of the subject's first occurrence.
  private static func template(of question: String, _ subject: String) throws(FactFault) -> PromptTemplate {
    let bytes = Array(question.utf8)
    guard let start = bytes.occurrences(of: Array(subject.utf8), limit: 1).first else {
      throw .subjectNotInPrompt(subject: subject, prompt: question)
    }
    return PromptTemplate(
      prefix: String(decoding: bytes[..<start], as: UTF8.self),
      suffix: String(decoding: bytes[(start + subject.utf8.count)...], as: UTF8.self))
  }

  /// The fact as the published code writes it into result files.
  public var requestedRewrite: JSONObject {
    JSONObject([
      ("prompt", JSON(fact.prompt)), ("subject", JSON(fact.subject)),
      ("target_new", ["str": JSON(fact.target.dropFirst())]),
      ("target_true", ["str": JSON(Self.publishedTargetTrue)]),
    ])
  }

  /// Where the record was read.
  var place: String { fact.source.map(\.description) ?? "record \(fact.id)" }
}

extension JSONObject {
  /// The text under a key, which must hold more than white space.
  func text(_ key: String) throws(FactFault) -> String {
    guard let value = self[key], !value.isNull else { throw .missing(key: key) }
    guard let text = value.string else {
      throw .wrongType(key: key, expected: "a string", found: value.kind)
    }
    guard !text.allSatisfy(\.isWhitespace) else { throw .empty(key: key) }
    return text
  }
}
