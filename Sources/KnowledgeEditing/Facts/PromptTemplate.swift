/// A text with one place, written `{}`, where a word goes: `The mother tongue of {} is`.
///
/// In the written form `{{` and `}}` stand for a literal brace, as in the published code; any other brace is an error.
public struct PromptTemplate: Sendable, Hashable {
  /// The literal text before the place.
  public let prefix: String

  /// The literal text after the place.
  public let suffix: String

  /// A template of two literal texts, which may hold braces.
  public init(prefix: String, suffix: String) {
    self.prefix = prefix
    self.suffix = suffix
  }

  /// Reads the written form.
  ///
  /// - Throws: `PromptTemplateFault` when there is no `{}`, more than one, or a brace by itself.
  public init(_ text: String) throws(PromptTemplateFault) {
    var parts: [[UInt8]] = [[]]
    var lastPart: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : nil
      switch (byte, next) {
      case (Self.open, Self.close):
        parts[parts.count - 1] = lastPart
        parts.append([])
        lastPart = []
        index += 2
      case (Self.open, Self.open), (Self.close, Self.close):
        lastPart.append(byte)
        index += 2
      case (Self.open, _), (Self.close, _): throw .loneBrace(byteOffset: index)
      default:
        lastPart.append(byte)
        index += 1
      }
    }
    parts[parts.count - 1] = lastPart
    guard parts.count > 1 else { throw .noPlace }
    guard parts.count == 2 else { throw .severalPlaces(parts.count - 1) }
    prefix = String(decoding: parts[0], as: UTF8.self)
    suffix = String(decoding: parts[1], as: UTF8.self)
  }

  /// The written form, literal braces doubled.
  public var text: String { Self.escaped(prefix) + "{}" + Self.escaped(suffix) }

  /// The text with `word` in its place.
  public func filled(with word: String) -> String { prefix + word + suffix }

  /// The template that results from putting `inner` in this one's place; the place is then that of `inner`.
  public func wrapping(_ inner: PromptTemplate) -> PromptTemplate {
    PromptTemplate(prefix: prefix + inner.prefix, suffix: inner.suffix + suffix)
  }

  private static let open = UInt8(ascii: "{")
  private static let close = UInt8(ascii: "}")

  private static func escaped(_ literal: String) -> String {
    var bytes: [UInt8] = []
    for byte in literal.utf8 {
      bytes.append(byte)
      if byte == open || byte == close { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a text is not a template.
public enum PromptTemplateFault: Error, Equatable, CustomStringConvertible {
  /// There is no `{}`.
  case noPlace
  /// There is more than one `{}`.
  case severalPlaces(Int)
  /// A brace that is neither part of `{}` nor doubled.
  case loneBrace(byteOffset: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noPlace: "holds no {}; write {} once, where the word goes"
    case .severalPlaces(let count): "holds {} \(count) times; keep one (write {{}} for braces that are text)"
    case .loneBrace(let offset):
      "holds a brace by itself at byte \(offset); write {{ or }} for a brace that is text"
    }
  }
}
