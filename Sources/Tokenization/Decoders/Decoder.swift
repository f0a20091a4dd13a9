/// How tokens become text again.
indirect enum Decoder {
  case sequence([Decoder])
  case byteLevel
  case replace(TextPattern, with: [UInt8])
  case byteFallback
  case fuse
  case strip(Unicode.Scalar, start: Int, stop: Int)
  case metaspace(Metaspace)

  init(_ field: TokenizerField) throws(TokenizerError) {
    let (type, typeField) = try field.type()
    switch type {
    case "Sequence":
      var parts: [Decoder] = []
      for part in try field.required("decoders").elements() { parts.append(try Decoder(part)) }
      self = .sequence(parts)
    case "ByteLevel": self = .byteLevel
    case "Replace":
      self = .replace(try TextPattern(field.required("pattern")), with: try field.required("content").bytes())
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Strip":
      self = .strip(
        try field.required("content").scalar(), start: try Self.length(field.required("start")),
        stop: try Self.length(field.required("stop")))
    case "Metaspace": self = .metaspace(try Metaspace(field))
    default: throw typeField.unsupported("decoder \"\(type)\"")
    }
  }

  func apply(to tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .sequence(let parts): return parts.reduce(tokens) { $1.apply(to: $0) }
    case .byteLevel:
      // Tokens that are not written in the byte alphabet, such as added ones, stand for themselves.
      let bytes = tokens.flatMap { ByteAlphabet.decode($0) ?? $0 }
      return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
    case .replace(let pattern, let content):
      return tokens.map { token in
        var text = AlignedText(token, at: 0)
        text.replace(pattern.matches(in: token), with: content)
        return text.bytes
      }
    case .byteFallback: return ByteFallback.decode(tokens)
    case .fuse: return [Array(tokens.joined())]
    case .strip(let scalar, let start, let stop):
      return tokens.map { Self.strip($0, Array(String(scalar).utf8), start: start, stop: stop) }
    case .metaspace(let metaspace):
      return tokens.enumerated().map { metaspace.decode($1, isFirst: $0 == 0) }
    }
  }

  private static func strip(_ token: [UInt8], _ scalar: [UInt8], start: Int, stop: Int) -> [UInt8] {
    var rest = token[...]
    var (start, stop) = (start, stop)
    while start > 0, rest.starts(with: scalar) {
      rest = rest.dropFirst(scalar.count)
      start -= 1
    }
    while stop > 0, rest.suffix(scalar.count).elementsEqual(scalar) {
      rest = rest.dropLast(scalar.count)
      stop -= 1
    }
    return Array(rest)
  }

  private static func length(_ field: TokenizerField) throws(TokenizerError) -> Int {
    let length = try field.int()
    guard length >= 0 else { throw field.invalid("must not be negative, is \(length)") }
    return length
  }
}
