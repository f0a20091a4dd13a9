import StrictJSON

/// A record of a test of ability: its texts and the right answer.
struct AbilityRecord: Sendable, Equatable {
  /// The texts by the names they have in the file.
  var texts: [String: String]
  /// MMLU's four answers; none elsewhere.
  var choices: [String] = []
  /// The right answer's class, as the file counts.
  var label: Int

  /// MMLU's number of answers to choose from.
  static let choiceCount = 4

  /// A text by its name.
  subscript(_ key: String) -> String { texts[key] ?? "" }

  /// Reads a record of a task.
  ///
  /// - Throws: ``AbilityRecordFault`` for a member that is missing or not what it must be.
  init(_ json: JSON, _ task: AbilityTask) throws(AbilityRecordFault) {
    guard let object = json.object else { throw .notAnObject(found: json.kind) }
    texts = [:]
    for key in task.textKeys {
      let value = try Self.member(key, of: object)
      guard let text = value.string else { throw .wrong(key: key, expected: "a text", found: value.kind) }
      texts[key] = text
    }
    if task == .mmlu {
      let value = try Self.member("choices", of: object)
      choices = (value.array ?? []).compactMap(\.string)
      guard choices.count == Self.choiceCount, value.array?.count == Self.choiceCount else {
        throw .wrong(
          key: "choices", expected: "a list of \(Self.choiceCount) texts", found: Self.summary(value))
      }
    }
    let label = try Self.member(task.labelKey, of: object)
    guard let number = Self.label(label, task) else {
      throw .wrong(key: task.labelKey, expected: Self.expectedLabel(task), found: Self.summary(label))
    }
    self.label = number
  }

  private static func member(_ key: String, of object: JSONObject) throws(AbilityRecordFault) -> JSON {
    guard let value = object[key] else { throw .missing(key: key) }
    return value
  }

  private static func label(_ value: JSON, _ task: AbilityTask) -> Int? {
    switch task {
    case .nli: value.string == "entailment" ? 1 : value.string == "not_entailment" ? 0 : nil
    case .mmlu: value.int.flatMap { (0..<choiceCount).contains($0) ? $0 : nil }
    case .sst, .mrpc, .cola, .rte: value.int.flatMap { (0...1).contains($0) ? $0 : nil }
    }
  }

  private static func expectedLabel(_ task: AbilityTask) -> String {
    switch task {
    case .nli: "“entailment” or “not_entailment”"
    case .mmlu: "a whole number from 0 to \(choiceCount - 1)"
    case .sst, .mrpc, .cola, .rte: "0 or 1"
    }
  }

  private static func summary(_ value: JSON) -> String {
    switch value {
    case .number(let number): number.text
    case .string(let text): "“\(text.text.prefix(40))”"
    case .array(let elements): "a list of \(elements.count)"
    default: value.kind
    }
  }
}
