/// A piece of HTML or SVG that is well-formed XML: text and attribute values are escaped where they enter.
struct Markup: Sendable {
  /// The piece as text.
  private(set) var source: String

  /// No markup at all.
  static let empty = Markup(source: "")

  private init(source: String) { self.source = source }

  /// `text`, escaped.
  init(text: String) { source = text.escaped }

  /// `pieces`, one after the other.
  init(_ pieces: [Markup]) {
    source = ""
    for piece in pieces { source += piece.source }
  }

  /// The element `tag` with the attributes that have a value, in their order, around `content`.
  init(
    _ tag: String, _ attributes: KeyValuePairs<String, String?> = [:],
    @MarkupBuilder content: () -> Markup = { .empty }
  ) {
    source = "<\(tag)"
    for (name, value) in attributes {
      if let value { source += " \(name)=\"\(value.escaped)\"" }
    }
    let content = content().source
    // An HTML parser reads `<p/>` as an opening tag; only void elements and SVG shapes may close themselves.
    source += content.isEmpty && Self.selfClosing.contains(tag) ? "/>" : ">\(content)</\(tag)>"
  }

  /// The element `style` around `rules`, which are the program's own and hold neither `<` nor `&`.
  static func styleSheet(_ rules: String) -> Markup { Markup(source: "<style>\n\(rules)\n</style>") }

  private static let selfClosing: Set<String> = ["meta", "br", "hr", "path", "line", "rect", "circle"]
}

/// Puts markup together from elements, strings (escaped), conditions and loops.
@resultBuilder
enum MarkupBuilder {
  static func buildExpression(_ markup: Markup) -> Markup { markup }
  static func buildExpression(_ text: String) -> Markup { Markup(text: text) }
  static func buildBlock(_ pieces: Markup...) -> Markup { Markup(pieces) }
  static func buildOptional(_ markup: Markup?) -> Markup { markup ?? .empty }
  static func buildEither(first markup: Markup) -> Markup { markup }
  static func buildEither(second markup: Markup) -> Markup { markup }
  static func buildArray(_ pieces: [Markup]) -> Markup { Markup(pieces) }
}
