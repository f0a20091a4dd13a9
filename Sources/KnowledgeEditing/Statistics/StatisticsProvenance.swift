import Checkpoints
import StrictJSON
import Torch

/// What key statistics were made from, and how: all that their values depend on.
///
/// Two runs with equal provenance give equal statistics, up to the rounding of another device or number of threads.
public struct StatisticsProvenance: Sendable, Equatable {
  /// `Checkpoint.fingerprint()` of the model, in hexadecimal.
  public var modelFingerprint: String
  /// The SHA-256 of its `tokenizer.json`.
  public var tokenizerHash: String
  /// `Corpus.fingerprint()`, in hexadecimal.
  public var corpusHash: String
  /// How many of them were asked for; nil for all.
  public var sampleSize: Int?
  /// How many tokens of a document count.
  public var maximumTokens: Int
  /// The type the model computed in.
  public var dtype: DType

  /// The provenance of statistics of what may be no checkpoint and no corpus of anybody's.
  package init(
    modelFingerprint: String, tokenizerHash: String, corpusHash: String, sampleSize: Int?, maximumTokens: Int,
    dtype: DType
  ) {
    self.modelFingerprint = modelFingerprint
    self.tokenizerHash = tokenizerHash
    self.corpusHash = corpusHash
    self.sampleSize = sampleSize
    self.maximumTokens = maximumTokens
    self.dtype = dtype
  }
}

extension StatisticsProvenance {
  /// The provenance of statistics of `checkpoint` over `corpus`.
  ///
  /// Reads all weights and the corpus, for their hashes.
  public init(
    checkpoint: Checkpoint, corpus: Corpus, sampleSize: Int?, maximumTokens: Int, dtype: DType
  ) throws {
    modelFingerprint = try checkpoint.fingerprint().hex
    tokenizerHash = try ContentHash(
      ofFile: checkpoint.directory.appendingPathComponent("tokenizer.json")
    ).hex
    corpusHash = try corpus.fingerprint().hex
    self.sampleSize = sampleSize
    self.maximumTokens = maximumTokens
    self.dtype = dtype
  }

  /// The SHA-256 of everything here and of a layer's name: the key of that layer's entry in a cache.
  func key(layerName: String) -> ContentHash {
    var hasher = ContentHasher()
    hasher.update(field: json.text(sortedKeys: true))
    hasher.update(field: layerName)
    return hasher.finish()
  }
}

extension StatisticsProvenance {
  var json: JSON {
    [
      "model_fingerprint": JSON(modelFingerprint), "tokenizer_sha256": JSON(tokenizerHash),
      "corpus_sha256": JSON(corpusHash),
      "sample_size": sampleSize.map { JSON($0) } ?? .null, "maximum_tokens": JSON(maximumTokens),
      "dtype": JSON(dtype.rawValue),
    ]
  }

  /// nil where a member is missing or of another kind.
  init?(_ json: JSON) {
    guard let modelFingerprint = json["model_fingerprint"]?.string,
      let tokenizerHash = json["tokenizer_sha256"]?.string, let corpusHash = json["corpus_sha256"]?.string,
      let sampleSize = json["sample_size"],
      sampleSize.isNull || sampleSize.int != nil, let maximumTokens = json["maximum_tokens"]?.int,
      let dtype = json["dtype"]?.string.flatMap(DType.init(rawValue:))
    else { return nil }
    self.modelFingerprint = modelFingerprint
    self.tokenizerHash = tokenizerHash
    self.corpusHash = corpusHash
    self.sampleSize = sampleSize.int
    self.maximumTokens = maximumTokens
    self.dtype = dtype
  }

  /// What differs from `other`, in words; nil where nothing does.
  func difference(from other: StatisticsProvenance) -> String? {
    if modelFingerprint != other.modelFingerprint { return "another model" }
    if tokenizerHash != other.tokenizerHash { return "another tokenizer" }
    if corpusHash != other.corpusHash { return "another corpus" }
    if sampleSize != other.sampleSize {
      return "another sample size (\(sampleSize.map(String.init) ?? "all"), not "
        + "\(other.sampleSize.map(String.init) ?? "all"))"
    }
    if maximumTokens != other.maximumTokens {
      return "another limit of tokens a document (\(maximumTokens), not \(other.maximumTokens))"
    }
    return dtype == other.dtype ? nil : "another type (\(dtype), not \(other.dtype))"
  }
}
