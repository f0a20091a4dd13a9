import StrictJSON

/// One thing that a ``Diagnosis`` has looked at.
public struct Finding: Sendable, Equatable {
  /// What it means for edits, from good to bad.
  public enum Verdict: String, Sendable, CaseIterable, Comparable {
    /// As it should be.
    case ok
    /// Not there, and not needed.
    case absent
    /// Edits work, but less well or not without more.
    case warning
    /// Edits would fail.
    case problem

    /// Whether the one is better than the other.
    public static func < (left: Verdict, right: Verdict) -> Bool {
      allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
  }

  /// What was looked at: "libtorch", "tokenizer".
  public let name: String
  /// What it means.
  public let verdict: Verdict
  /// What was found, in words.
  public let text: String
  /// What to do about it; nil where there is nothing to do, or ``text`` says it.
  public let remedy: String?
  /// What was found, for programs.
  public let values: JSONObject

  init(
    _ name: String, _ verdict: Verdict, _ text: String, remedy: String? = nil,
    values: [JSONObject.Member] = []
  ) {
    (self.name, self.verdict, self.text, self.remedy) = (name, verdict, text, remedy)
    self.values = JSONObject(values)
  }

  /// Something that is as it should be.
  init(_ name: String, _ text: String, values: [JSONObject.Member] = []) {
    self.init(name, .ok, text, values: values)
  }

  /// Name, verdict, text and remedy, and beside them ``values``.
  public var json: JSON {
    let members: [JSONObject.Member] = [
      ("name", JSON(name)), ("verdict", JSON(verdict.rawValue)), ("found", JSON(text)),
      ("remedy", remedy.map { JSON($0) } ?? .null),
    ]
    return .object(JSONObject(members + values.members))
  }
}

extension [Finding] {
  /// Adds what `body` finds beside its result; or the error that it throws, as a problem.
  mutating func look<Value>(at name: String, _ body: () throws -> (Value, Finding)) -> Value? {
    do {
      let (value, finding) = try body()
      append(finding)
      return value
    } catch {
      append(Finding(name, .problem, "\(error)"))
      return nil
    }
  }
}
