import Foundation
import StrictJSON

/// A file of facts to write.
///
/// The file is UTF-8 (a byte order mark and CRLF are fine) and holds a JSON array of records, one record a line (JSON
/// lines), or a single record. A record is any of
/// ```
/// {"case_id": 7, "requested_rewrite": {"prompt": "… {} …", "subject": …, "target_new": {"str": …}, …}, …}   CounterFact
/// {"prompt": "… {} …", "subject": …, "target_new": {"str": …}}                                              a request
/// {"prompt": "… subject …", "subject": …, "target_new": …, "ground_truth": …, "rephrase_prompt": …, …}      EasyEdit
/// {"prompt": …, "subject": …, "target": …}
/// ```
/// A prompt holds `{}` once where the subject goes, or the subject itself exactly once. Nothing is skipped: when a
/// record cannot be used the error lists all that cannot.
public struct FactFile: Sendable {
  /// A record that says exactly what an earlier one says.
  public struct Duplicate: Sendable, Equatable {
    /// The record that was dropped.
    public var source: FactSource

    /// The record that was kept.
    public var original: FactSource
  }

  /// The facts in file order, each once; not empty.
  public let facts: [Fact]

  /// The records that were dropped because they repeat a fact.
  public let duplicates: [Duplicate]

  /// Reads the facts of a file.
  ///
  /// - Throws: `FactError` with every problem of the file. Two records that ask the same with different targets are a
  ///   problem, since a model can say only one of them.
  public init(contentsOf url: URL) throws(FactError) {
    try self.init(try Self.bytes(of: url), file: url.path)
  }

  /// Reads the facts of a file's bytes; `file` names it in messages.
  public init(_ bytes: [UInt8], file: String) throws(FactError) {
    let (read, problems) = Self.read(bytes, file: file) { object, source throws(FactFault) in
      (fact: try FactRecord(object).fact(source: source), source: source)
    }
    var contradictions: [FactError.Problem] = []
    var facts: [Fact] = []
    var duplicates: [Duplicate] = []
    // Keyed by bytes: strings that differ in their Unicode form are different text to a tokenizer.
    var earlier: [[UInt8]: (fact: Fact, source: FactSource)] = [:]
    for (fact, source) in read {
      let question = Array(fact.filledPrompt.utf8)
      guard let first = earlier[question] else {
        earlier[question] = (fact, source)
        facts.append(fact)
        continue
      }
      if first.fact.target.utf8.elementsEqual(fact.target.utf8) {
        duplicates.append(Duplicate(source: source, original: first.source))
      } else {
        let fault = FactFault.conflict(
          record: first.source.record, line: first.source.line, prompt: fact.filledPrompt,
          target: fact.target, otherTarget: first.fact.target)
        contradictions.append(FactError.Problem(record: source.record, line: source.line, fault: fault))
      }
    }
    try Self.check(problems + contradictions, file)
    self.facts = facts
    self.duplicates = duplicates
  }

  /// The facts of a file, each once; see `init(contentsOf:)`.
  public static func read(_ url: URL) throws(FactError) -> [Fact] { try FactFile(contentsOf: url).facts }

  /// The records of a data set as it stands, to measure edits with: also those that repeat or contradict earlier
  /// ones, as CounterFact's do, since published scores count them.
  ///
  /// - Parameter limit: how many records to take from the file's start; nil for all. Those after it are not looked
  ///   at.
  /// - Throws: `FactError` with every problem of the records; a record without its former answer is one.
  public static func records(_ url: URL, limit: Int? = nil) throws(FactError) -> [CounterFactRecord] {
    try records(try bytes(of: url), file: url.path, limit: limit)
  }

  /// The records of a data set's bytes; `file` names it in messages. See `records(_:limit:)`.
  public static func records(
    _ bytes: [UInt8], file: String, limit: Int? = nil
  ) throws(FactError) -> [CounterFactRecord] {
    let (records, problems) = read(bytes, file: file, limit: limit) { object, source throws(FactFault) in
      try CounterFactRecord(FactRecord(object), source: source)
    }
    try check(problems, file)
    return records
  }

  /// The records of a file in another layout, a JSON array of objects or an object a line.
  ///
  /// - Parameter convert: reads a record, or says what is wrong with it.
  /// - Throws: `FactError` with every problem of the records.
  package static func records<Value>(
    _ url: URL, limit: Int? = nil, _ convert: (JSONObject, FactSource) throws(FactFault) -> Value
  ) throws(FactError) -> [Value] {
    let (values, problems) = read(try bytes(of: url), file: url.path, limit: limit, convert)
    try check(problems, url.path)
    return values
  }

  /// Throws the problems, if there are any, in file order.
  private static func check(_ problems: [FactError.Problem], _ file: String) throws(FactError) {
    guard !problems.isEmpty else { return }
    let inOrder = problems.sorted { ($0.line ?? 0, $0.record ?? 0) < ($1.line ?? 0, $1.record ?? 0) }
    throw FactError(file: file, problems: inOrder)
  }

  /// Reads each record by `convert`; gives what could be read, and all problems.
  private static func read<Value>(
    _ bytes: [UInt8], file: String, limit: Int? = nil,
    _ convert: (JSONObject, FactSource) throws(FactFault) -> Value
  ) -> (values: [Value], problems: [FactError.Problem]) {
    let list = FactRecordList(bytes, limit: limit)
    var problems = list.problems
    var values: [Value] = []
    for record in list.records {
      let source = FactSource(file: file, record: record.number, line: record.line)
      do {
        values.append(try convert(record.object, source))
      } catch {
        problems.append(FactError.Problem(record: record.number, line: record.line, fault: error))
      }
    }
    return (values, problems)
  }

  private static func bytes(of url: URL) throws(FactError) -> [UInt8] {
    do { return [UInt8](try Data(contentsOf: url)) } catch {
      let fault = FactFault.unreadable(reason: error.localizedDescription)
      throw FactError(file: url.path, problems: [FactError.Problem(record: nil, line: nil, fault: fault)])
    }
  }
}
