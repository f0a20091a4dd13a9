import Foundation
import Synchronization

/// A tokenizer read from a `tokenizer.json`: byte-pair models, byte-level or in the manner of SentencePiece.
///
/// Gives the ids, texts and offsets of Hugging Face's `tokenizers` library. Tokens are compared by their bytes, so
/// tokens that Swift's `String` holds equal stay apart. Truncation and padding that the file may ask for are left to
/// the caller. May be used from several threads at once.
///
/// ```swift
/// let tokenizer = try Tokenizer(contentsOf: URL(filePath: "gpt2"))
/// let encoding = try tokenizer.encode("Hello world")   // ids [15496, 995], offsets [0..<5, 5..<11]
/// let text = try tokenizer.decode(encoding.ids)        // "Hello world"
/// ```
public final class Tokenizer: Sendable {
  /// Id of the token that begins a text, when the files name one.
  public let bosID: Int?
  /// Id of the token that ends a text, when the files name one.
  public let eosID: Int?
  /// Id of the token for what the vocabulary lacks, when the files name one.
  public let unknownID: Int?
  /// Id of the token that fills up short texts of a batch, when the files name one.
  public let padID: Int?

  private let model: BytePairModel
  private let addedVocabulary: AddedVocabulary
  private let normalizer: Normalizer?
  private let preTokenizer: PreTokenizer?
  private let postProcessor: PostProcessor?
  private let decoder: Decoder?
  private let cleansUpSpaces: Bool
  /// Caches that no call is using.
  private let caches = Mutex<[ChunkCache]>([])

  private static let largestNumberOfCaches = 8

  /// Reads a tokenizer.
  ///
  /// - Parameter url: a directory that holds `tokenizer.json` and perhaps `tokenizer_config.json` and
  ///   `special_tokens_map.json`, or the `tokenizer.json` itself.
  /// - Throws: `TokenizerError` naming the file and the field, when a file cannot be read, is not a tokenizer, or
  ///   asks for something this library does not do.
  public init(contentsOf url: URL) throws(TokenizerError) {
    let files = try TokenizerFiles(url)
    let file = files.tokenizer
    normalizer = try file.optional("normalizer").map { (field) throws(TokenizerError) in try Normalizer(field)
    }
    preTokenizer = try file.optional("pre_tokenizer").map { (field) throws(TokenizerError) in
      try PreTokenizer(field)
    }
    model = try BytePairModel(
      Self.bytePairField(file), isByteLevel: preTokenizer?.isByteLevel ?? false)
    addedVocabulary = try AddedVocabulary(
      file.optional("added_tokens"), vocabulary: model.vocabulary, normalizer: normalizer)
    postProcessor = try file.optional("post_processor").map { (field) throws(TokenizerError) in
      try PostProcessor(field)
    }
    decoder = try file.optional("decoder").map { (field) throws(TokenizerError) in try Decoder(field) }
    cleansUpSpaces = try files.cleansUpSpaces()
    let (vocabulary, added) = (model.vocabulary, addedVocabulary)
    func specialID(_ name: String) throws(TokenizerError) -> Int? {
      try files.specialToken(name).flatMap { (added.id(of: $0) ?? vocabulary.id(of: $0)).map(Int.init) }
    }
    bosID = try specialID("bos_token")
    eosID = try specialID("eos_token")
    unknownID = try specialID("unk_token")
    padID = try specialID("pad_token")
    if let id = postProcessor?.largestID, id >= max(vocabulary.size, added.size) {
      throw .invalid(file: file.file, field: "post_processor", reason: "adds id \(id), which no token has")
    }
  }

  private static func bytePairField(_ file: TokenizerField) throws(TokenizerError) -> TokenizerField {
    let model = try file.required("model")
    // Files of the first versions name no type; only byte-pair models have merges.
    if let type = try model.optional("type"), try type.string() != "BPE" {
      throw type.unsupported("model \"\(try type.string())\"; only BPE")
    }
    return model
  }
}

extension Tokenizer {
  /// The largest id + 1, added tokens included. Some ids below it may have no token.
  public var vocabularySize: Int { max(model.vocabulary.size, addedVocabulary.size) }

  /// The bytes of a token as written in the vocabulary (`Ġworld`, `▁world`, `<0x0A>`), nil when no token has the id.
  public func token(of id: Int) -> [UInt8]? {
    addedVocabulary.token(of: id)?.content ?? model.vocabulary.token(of: id)
  }

  /// The id of a token given as written in the vocabulary, compared by bytes; nil when there is none.
  public func id(of token: String) -> Int? {
    let bytes = Array(token.utf8)
    return (addedVocabulary.id(of: bytes) ?? model.vocabulary.id(of: bytes)).map(Int.init)
  }

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - text: any text; time is linear in its length but for a word of n characters, which takes n log n.
  ///   - addingSpecialTokens: whether the post-processor puts its tokens in (such as `<s>` at the start). Added tokens
  ///     that stand in the text itself are read as such either way.
  /// - Throws: `TokenizerError.textTooLong` beyond 2 GiB.
  public func encode(
    _ text: String, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> Encoding {
    let input = Array(text.utf8)
    guard input.count < Int32.max else { throw .textTooLong(bytes: input.count) }
    var cache = caches.withLock { $0.popLast() } ?? ChunkCache()
    var tokens = TokenList()
    for part in addedVocabulary.inInput.parts(of: input, input.indices) {
      switch part {
      case .token(let token, let range): tokens.append(token, as: Array(input[range]), source: range)
      case .text(let range):
        appendTokens(of: AlignedText(input, at: 0).slice(range), cache: &cache, to: &tokens)
      }
    }
    caches.withLock { if $0.count < Self.largestNumberOfCaches { $0.append(cache) } }
    var encoding = tokens.encoding(of: input)
    postProcessor?.apply(to: &encoding, addingSpecialTokens: addingSpecialTokens) { index, id in
      tokens.strippingTexts[index] ?? token(of: id) ?? []
    }
    return encoding
  }

  private func appendTokens(of text: AlignedText, cache: inout ChunkCache, to tokens: inout TokenList) {
    var text = text
    normalizer?.apply(to: &text)
    for part in addedVocabulary.inNormalizedText.parts(of: text.bytes, text.bytes.indices) {
      switch part {
      case .token(let token, let range):
        tokens.append(token, as: Array(text.bytes[range]), source: text.source(of: range))
      case .text(let range):
        var preTokenized = PreTokenizedText(text.slice(range))
        preTokenizer?.apply(to: &preTokenized)
        for word in preTokenized.words {
          model.appendTokens(of: preTokenized.text, word, cache: &cache, to: &tokens.tokens)
        }
      }
    }
  }

  /// The text of ids.
  ///
  /// - Parameters:
  ///   - ids: token ids; bytes that do not make up UTF-8 become U+FFFD.
  ///   - skippingSpecialTokens: whether added tokens marked special are left out.
  ///   - cleaningUpSpaces: whether spaces before punctuation and English contractions go; nil does as
  ///     `tokenizer_config.json` says, and not where it says nothing.
  /// - Throws: `TokenizerError.unknownID` for an id that no token has.
  public func decode(
    _ ids: [Int], skippingSpecialTokens: Bool = false, cleaningUpSpaces: Bool? = nil
  ) throws(TokenizerError) -> String {
    var tokens: [[UInt8]] = []
    tokens.reserveCapacity(ids.count)
    for id in ids {
      if let added = addedVocabulary.token(of: id) {
        if !(added.isSpecial && skippingSpecialTokens) { tokens.append(added.normalizedContent) }
      } else if let token = model.vocabulary.token(of: id) {
        tokens.append(token)
      } else {
        throw .unknownID(id, vocabularySize: vocabularySize)
      }
    }
    let decoded =
      decoder.map { Array($0.apply(to: tokens).joined()) } ?? Array(tokens.joined(separator: [0x20]))
    let text = cleaningUpSpaces ?? cleansUpSpaces ? SpaceCleanup.apply(to: decoded) : decoded
    return String(decoding: text, as: UTF8.self)
  }
}
