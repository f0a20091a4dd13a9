/// What is done to a text before it is cut into words.
indirect enum Normalizer {
  case sequence([Normalizer])
  case prepend([UInt8])
  case replace(TextPattern, with: [UInt8])
  case unicode(NormalizationForm)
  case lowercase
  case strip(left: Bool, right: Bool)

  init(_ field: TokenizerField) throws(TokenizerError) {
    let (type, typeField) = try field.type()
    switch type {
    case "Sequence":
      var parts: [Normalizer] = []
      for part in try field.required("normalizers").elements() { parts.append(try Normalizer(part)) }
      self = .sequence(parts)
    case "Prepend": self = .prepend(try field.required("prepend").bytes())
    case "Replace":
      self = .replace(try TextPattern(field.required("pattern")), with: try field.required("content").bytes())
    case "NFC": self = .unicode(.nfc)
    case "NFD": self = .unicode(.nfd)
    case "NFKC": self = .unicode(.nfkc)
    case "NFKD": self = .unicode(.nfkd)
    case "Lowercase": self = .lowercase
    case "Strip":
      self = .strip(
        left: try field.flag("strip_left", default: true), right: try field.flag("strip_right", default: true)
      )
    default: throw typeField.unsupported("normalizer \"\(type)\"")
    }
  }

  func apply(to text: inout AlignedText) {
    switch self {
    case .sequence(let parts): for part in parts { part.apply(to: &text) }
    case .prepend(let prefix): text.prepend(prefix)
    case .replace(let pattern, let content): text.replace(pattern.matches(in: text.bytes), with: content)
    case .unicode(let form): form.apply(to: &text)
    case .lowercase: Self.lowercase(&text)
    case .strip(let left, let right): Self.strip(&text, left: left, right: right)
    }
  }

  private static func lowercase(_ text: inout AlignedText) {
    var builder = AlignedText.Builder(capacity: text.count)
    var index = 0
    while index < text.count {
      let (value, length) = text.bytes.scalar(at: index)
      let lowered = Unicode.Scalar(value).map { Array($0.properties.lowercaseMapping.utf8) } ?? []
      builder.append(lowered, standingFor: index, of: text)
      index += length
    }
    text = builder.text
  }

  private static func strip(_ text: inout AlignedText, left: Bool, right: Bool) {
    var (start, end) = (0, text.count)
    while left, start < end {
      let (value, length) = text.bytes.scalar(at: start)
      guard ScalarClass.of(value).contains(.space) else { break }
      start += length
    }
    while right, end > start {
      let (value, length) = text.bytes.scalar(before: end)
      guard ScalarClass.of(value).contains(.space) else { break }
      end -= length
    }
    text = text.slice(start..<end)
  }
}
