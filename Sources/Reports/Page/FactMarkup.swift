/// Fact samples.
enum FactMarkup {
  /// `facts`, one after the other.
  static func list(_ facts: [FactSample]) -> Markup {
    Markup([
      Markup(facts.prefix(ReportLimits.facts).map(markup)),
      omission(shown: ReportLimits.facts, of: facts.count, "facts"),
    ])
  }

  private static func markup(_ fact: FactSample) -> Markup {
    Markup("article", ["class": "fact"]) {
      Markup("h3", ["dir": "auto"]) {
        fact.prompt.clipped(to: ReportLimits.textLength)
        " "
        Markup("em") { fact.target.clipped(to: 300) }
      }
      if fact.formerTarget != nil || fact.origin != nil {
        Markup("p", ["class": "origin", "dir": "auto"]) { origin(fact) }
      }
      Markup("dl", ["class": "continuations"]) {
        for continuation in fact.continuations.prefix(ReportLimits.rows) { markup(continuation, of: fact) }
      }
    }
  }

  private static func origin(_ fact: FactSample) -> String {
    [fact.formerTarget.map { "instead of \($0.clipped(to: 300))" }, fact.origin?.clipped(to: 300)]
      .compactMap { $0 }.joined(separator: " · ")
  }

  private static func markup(_ continuation: FactSample.Continuation, of fact: FactSample) -> Markup {
    Markup("div") {
      Markup("dt") {
        Markup("span", ["class": "model"]) { continuation.model.clipped(to: 100) }
        said(continuation.saysTeacherForced, "teacher-forced")
        said(continuation.saysFreely, "freely")
      }
      Markup("dd", ["dir": "auto"]) {
        "…"
        marked(continuation.text.clipped(to: ReportLimits.textLength), fact.target)
      }
    }
  }

  private static func said(_ isSaid: Bool?, _ way: String) -> Markup {
    guard let isSaid else { return .empty }
    return Markup("span", ["class": isSaid ? "said" : "said not"]) { isSaid ? "✓ \(way)" : "✗ not \(way)" }
  }

  /// `text` with the first mention of `target` marked.
  private static func marked(_ text: String, _ target: String) -> Markup {
    let target = target.drop(while: \.isWhitespace)
    guard !target.isEmpty, let mention = text.firstRange(of: target) else { return Markup(text: text) }
    return Markup([
      Markup(text: String(text[..<mention.lowerBound])), Markup("mark") { String(text[mention]) },
      Markup(text: String(text[mention.upperBound...])),
    ])
  }
}
