/// What is done to the tokens of a text: special tokens around them, white space out of their offsets.
indirect enum PostProcessor {
  case sequence([PostProcessor])
  case template(Template)
  case trimOffsets(keepsAddedSpace: Bool)
  case nothing

  init(_ field: TokenizerField) throws(TokenizerError) {
    let (type, typeField) = try field.type()
    switch type {
    case "Sequence":
      var parts: [PostProcessor] = []
      for part in try field.required("processors").elements() { parts.append(try PostProcessor(part)) }
      self = .sequence(parts)
    case "TemplateProcessing": self = .template(try Template(field))
    case "ByteLevel": self = try Self.trimming(field)
    case "BertProcessing": self = .template(try Template(first: "cls", last: "sep", of: field))
    case "RobertaProcessing":
      self = .sequence([
        try Self.trimming(field), .template(try Template(first: "cls", last: "sep", of: field)),
      ])
    default: throw typeField.unsupported("post-processor \"\(type)\"")
    }
  }

  private static func trimming(_ field: TokenizerField) throws(TokenizerError) -> PostProcessor {
    guard try field.flag("trim_offsets", default: true) else { return .nothing }
    return .trimOffsets(keepsAddedSpace: try field.flag("add_prefix_space", default: true))
  }

  /// Changes an encoding.
  ///
  /// - Parameters:
  ///   - addingSpecialTokens: whether templates put their special tokens in.
  ///   - text: the text of the token that has an index in the encoding and an id, as the vocabulary writes it.
  func apply(to encoding: inout Encoding, addingSpecialTokens: Bool, text: (_ index: Int, Int) -> [UInt8]) {
    switch self {
    case .sequence(let parts):
      for part in parts { part.apply(to: &encoding, addingSpecialTokens: addingSpecialTokens, text: text) }
    case .template(let template): if addingSpecialTokens { template.apply(to: &encoding) }
    case .trimOffsets(let keepsAddedSpace):
      for index in encoding.ids.indices {
        let trimmed = Self.trim(
          encoding.offsets[index], of: text(index, encoding.ids[index]), isFirst: index == 0,
          keepsAddedSpace: keepsAddedSpace)
        encoding.offsets[index] = trimmed
      }
    case .nothing: break
    }
  }

  /// The largest id that a template puts in, nil without any.
  var largestID: Int? {
    switch self {
    case .sequence(let parts): parts.compactMap(\.largestID).max()
    case .template(let template): template.largestID
    case .trimOffsets, .nothing: nil
    }
  }

  private static func trim(
    _ range: Range<Int>, of token: [UInt8], isFirst: Bool, keepsAddedSpace: Bool
  ) -> Range<Int> {
    let leading = leadingSpaces(of: token)
    let trailing = trailingSpaces(of: token)
    let keepsLeading = keepsAddedSpace && (isFirst || range.lowerBound == 0)
    let start = keepsLeading ? range.lowerBound : min(range.lowerBound + leading, range.upperBound)
    return start..<max(range.upperBound - trailing, start)
  }

  private static func leadingSpaces(of token: [UInt8]) -> Int {
    var (index, count) = (0, 0)
    while index < token.count {
      let (value, length) = token.scalar(at: index)
      guard isSpace(value) else { break }
      index += length
      count += 1
    }
    return count
  }

  private static func trailingSpaces(of token: [UInt8]) -> Int {
    var (end, count) = (token.count, 0)
    while end > 0 {
      let (value, length) = token.scalar(before: end)
      guard isSpace(value) else { break }
      end -= length
      count += 1
    }
    return count
  }

  private static func isSpace(_ scalar: UInt32) -> Bool {
    scalar == ByteAlphabet.space || ScalarClass.of(scalar).contains(.space)
  }
}
