/// A relation of the made-up world: every subject of its kind has exactly one of its values.
public struct Relation: Sendable, Equatable {
  /// What a subject of the relation is.
  public enum SubjectKind: String, Sendable, CaseIterable {
    case person, place
  }

  /// The relation's name in records (`relation_id`).
  public var identifier: String
  /// What its subjects are.
  public var kind: SubjectKind
  /// The closed set of values, as they follow a template and one space.
  public var values: [String]
  /// Ways to say it up to the value, each with one `{}` for the subject; the first one is the edit prompt.
  public var templates: [String]

  /// The identifier of value `index` in records (`target_new.id`, `target_true.id`).
  public func valueIdentifier(_ index: Int) -> String {
    "\(identifier)-\(index)"
  }
}

extension String {
  /// The template with its `{}` replaced by `subject`.
  func filled(with subject: String) -> String {
    replacing("{}", with: subject)
  }
}
