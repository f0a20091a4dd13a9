/// The added tokens, and the two searches for them: in the input, and in what the normalizer made of it.
struct AddedVocabulary: Sendable {
  private let tokens: [Int32: AddedToken]
  private let ids: [[UInt8]: Int32]
  /// The largest id + 1, 0 without tokens.
  let size: Int

  let inInput: AddedTokenMatcher
  let inNormalizedText: AddedTokenMatcher

  init(
    _ field: TokenizerField?, vocabulary: Vocabulary, normalizer: Normalizer?
  ) throws(TokenizerError) {
    var tokens: [Int32: AddedToken] = [:]
    var ids: [[UInt8]: Int32] = [:]
    var inInput: [(pattern: [UInt8], token: AddedToken)] = []
    var inNormalizedText = inInput
    for element in try field?.elements() ?? [] {
      let token = try AddedToken(element, normalizer: normalizer)
      try Self.check(token, element, vocabulary: vocabulary, count: tokens.count)
      guard tokens[token.id] == nil, ids[token.content] == nil else {
        throw element.invalid("another added token has the same id or content")
      }
      tokens[token.id] = token
      ids[token.content] = token.id
      if !token.isNormalized {
        inInput.append((token.content, token))
      } else if !token.normalizedContent.isEmpty {
        inNormalizedText.append((token.normalizedContent, token))
      }
    }
    self.tokens = tokens
    self.ids = ids
    size = tokens.keys.max().map { Int($0) + 1 } ?? 0
    self.inInput = AddedTokenMatcher(inInput)
    self.inNormalizedText = AddedTokenMatcher(inNormalizedText)
  }

  func token(of id: Int) -> AddedToken? { Int32(exactly: id).flatMap { tokens[$0] } }

  func id(of content: [UInt8]) -> Int32? { ids[content] }

  private static func check(
    _ token: AddedToken, _ field: TokenizerField, vocabulary: Vocabulary, count: Int
  ) throws(TokenizerError) {
    let text = String(decoding: token.content, as: UTF8.self)
    guard token.id < vocabulary.size + count + Vocabulary.allowedGaps else {
      throw field.invalid(
        "the id of \"\(text)\" is \(token.id); model.vocab has ids up to \(vocabulary.size - 1)")
    }
    if let id = vocabulary.id(of: token.content), id != token.id {
      throw field.invalid("\"\(text)\" has id \(token.id) here and \(id) in model.vocab")
    }
    if let other = vocabulary.token(of: Int(token.id)), other != token.content {
      throw field.invalid(
        "\"\(text)\" has id \(token.id), which is \"\(String(decoding: other, as: UTF8.self))\" in model.vocab"
      )
    }
  }
}
