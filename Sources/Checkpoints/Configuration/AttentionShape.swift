/// How a model's width is divided into attention heads.
public struct AttentionShape: Sendable, Equatable {
  /// The number of query heads.
  public var heads: Int
  /// The number of key and value heads; it divides ``heads``.
  public var keyValueHeads: Int
  /// The size of one head.
  public var headSize: Int

  /// A division into heads, unchecked.
  public init(heads: Int, keyValueHeads: Int, headSize: Int) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
  }
}

extension ConfigurationFile {
  /// Reads and checks the division into heads: `num_attention_heads` (or `n_head`), `num_key_value_heads` and
  /// `head_dim`.
  ///
  /// - Parameter width: the model's hidden size, which the number of heads must divide where `head_dim` is absent.
  public func attentionShape(width: Int) throws(CheckpointError) -> AttentionShape {
    let headsName = first(["num_attention_heads", "n_head"])?.name ?? "num_attention_heads"
    let heads = try positiveInt("num_attention_heads", "n_head")
    let keyValueHeads = try optionalInt("num_key_value_heads") ?? heads
    guard keyValueHeads <= heads else {
      throw invalid("num_key_value_heads", "is \(keyValueHeads), more than the \(heads) of “\(headsName)”")
    }
    guard heads % keyValueHeads == 0 else {
      throw invalid(
        "num_key_value_heads", "is \(keyValueHeads), which does not divide the \(heads) of “\(headsName)”")
    }
    if let headSize = try optionalInt("head_dim") {
      return AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headSize: headSize)
    }
    guard width % heads == 0 else {
      throw invalid(headsName, "is \(heads), which does not divide the model's width \(width)")
    }
    return AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headSize: width / heads)
  }
}

extension Checkpoint {
  /// The tokens that end a text: those of `generation_config.json` if it names any, else those of `config.json`.
  public func endOfTextTokens() throws(CheckpointError) -> [Int] {
    let generation = try generationConfiguration?.tokenIDs("eos_token_id") ?? []
    if !generation.isEmpty { return generation }
    return try configuration.tokenIDs("eos_token_id")
  }

  /// The token that begins a text, where the configuration names one.
  public func beginningOfTextToken() throws(CheckpointError) -> Int? {
    if let token = try generationConfiguration?.tokenIDs("bos_token_id").first { return token }
    return try configuration.tokenIDs("bos_token_id").first
  }
}
