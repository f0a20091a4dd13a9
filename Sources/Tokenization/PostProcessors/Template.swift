/// Special tokens before, between and after the tokens of a text.
struct Template {
  private enum Piece {
    case text
    case special([Int])
  }

  private let pieces: [Piece]

  /// Reads `single` of a `TemplateProcessing`; templates for pairs of texts are not used.
  init(_ field: TokenizerField) throws(TokenizerError) {
    let specials = try field.required("special_tokens")
    var pieces: [Piece] = []
    for element in try field.required("single").elements() {
      if let text = try element.optional("Sequence") {
        let name = try text.required("id")
        guard try name.string() == "A" else {
          throw name.invalid("a template for one text has only sequence A")
        }
        pieces.append(.text)
      } else {
        let name = try element.required("SpecialToken").required("id").string()
        var ids: [Int] = []
        for idField in try specials.required(name).required("ids").elements() {
          let id = try idField.int()
          guard id >= 0 else { throw idField.invalid("must not be negative, is \(id)") }
          ids.append(id)
        }
        pieces.append(.special(ids))
      }
    }
    self.pieces = pieces
  }

  /// One token before and one after a text, from two fields such as `"cls": ["[CLS]", 101]`.
  init(first: String, last: String, of field: TokenizerField) throws(TokenizerError) {
    func id(_ name: String) throws(TokenizerError) -> Int {
      let pair = try field.required(name)
      let elements = try pair.elements()
      guard elements.count == 2 else { throw pair.invalid("must be a token and its id") }
      let id = try elements[1].int()
      guard id >= 0 else { throw elements[1].invalid("must not be negative, is \(id)") }
      return id
    }
    pieces = [.special([try id(first)]), .text, .special([try id(last)])]
  }

  func apply(to encoding: inout Encoding) {
    var result = Encoding()
    for piece in pieces {
      switch piece {
      case .text:
        result.ids += encoding.ids
        result.offsets += encoding.offsets
        result.isSpecial += encoding.isSpecial
      case .special(let ids):
        result.ids += ids
        result.offsets += ids.map { _ in 0..<0 }
        result.isSpecial += ids.map { _ in true }
      }
    }
    encoding = result
  }

  /// The largest id it puts in, nil without any.
  var largestID: Int? {
    pieces.compactMap { piece in
      guard case .special(let ids) = piece else { return nil }
      return ids.max()
    }.max()
  }
}
