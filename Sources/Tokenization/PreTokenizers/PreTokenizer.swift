/// How a normalized text is cut into the words that the model sees one by one.
indirect enum PreTokenizer {
  case sequence([PreTokenizer])
  case byteLevel(addPrefixSpace: Bool, useRegex: Bool)
  case split(TextPattern, SplitBehavior, invert: Bool)
  case metaspace(Metaspace)
  case digits(individual: Bool)
  case whitespace
  case whitespaceSplit
  case punctuation(SplitBehavior)
  case delimiter(Unicode.Scalar)

  init(_ field: TokenizerField) throws(TokenizerError) {
    let (type, typeField) = try field.type()
    switch type {
    case "Sequence":
      var parts: [PreTokenizer] = []
      for part in try field.required("pretokenizers").elements() {
        if parts.last?.isByteLevel == true {
          throw part.unsupported("a pre-tokenizer after ByteLevel")
        }
        parts.append(try PreTokenizer(part))
      }
      self = .sequence(parts)
    case "ByteLevel":
      self = .byteLevel(
        addPrefixSpace: try field.flag("add_prefix_space", default: true),
        useRegex: try field.flag("use_regex", default: true))
    case "Split":
      self = .split(
        try TextPattern(field.required("pattern")), try SplitBehavior(field, "behavior", default: nil),
        invert: try field.flag("invert", default: false))
    case "Metaspace": self = .metaspace(try Metaspace(field))
    case "Digits": self = .digits(individual: try field.flag("individual_digits", default: false))
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation": self = .punctuation(try SplitBehavior(field, "behavior", default: .isolated))
    case "CharDelimiterSplit": self = .delimiter(try field.required("delimiter").scalar())
    default: throw typeField.unsupported("pre-tokenizer \"\(type)\"")
    }
  }

  /// Whether the words go to the model byte by byte.
  var isByteLevel: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let parts): parts.last?.isByteLevel ?? false
    default: false
    }
  }

  func apply(to text: inout PreTokenizedText) {
    switch self {
    case .sequence(let parts): for part in parts { part.apply(to: &text) }
    case .byteLevel(let addPrefixSpace, let useRegex):
      if addPrefixSpace {
        text.rebuildWords { word, _ in if word.bytes.first != 0x20 { word.prepend([0x20]) } }
      }
      if useRegex { text.splitWords { WordPattern.gpt2.appendWords(of: $0, $1, to: &$2) } }
    case .split(.words(let pattern), .isolated, _), .split(.words(let pattern), .removed, invert: true):
      text.splitWords { pattern.appendWords(of: $0, $1, to: &$2) }
    case .split(let pattern, let behavior, let invert):
      text.splitWords { bytes, range, parts in
        behavior.appendParts(
          of: range, splitAt: pattern.matches(in: bytes, range), invert: invert, to: &parts)
      }
    case .metaspace(let metaspace): metaspace.apply(to: &text)
    case .digits(let individual):
      text.splitWords(individual ? .isolated : .contiguous) { ScalarClass.of($0).contains(.number) }
    case .whitespace:
      text.splitWords(.removed) { ScalarClass.of($0).contains(.space) }
      text.splitWords(.contiguous) { ScalarClass.of($0).contains(.word) }
    case .whitespaceSplit: text.splitWords(.removed) { ScalarClass.of($0).contains(.space) }
    case .punctuation(let behavior):
      text.splitWords(behavior) { ScalarClass.of($0).contains(.punctuation) }
    case .delimiter(let scalar): text.splitWords(.removed) { $0 == scalar.value }
    }
  }
}
