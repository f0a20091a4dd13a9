import StrictJSON

/// The sizes of a decoder, as far as they decide how fast it is; its weights can then be random.
public struct RandomModelShape: Sendable, Equatable {
  /// Models that people edit.
  public enum Name: String, Sendable, CaseIterable {
    case gpt2Small = "gpt2-small"
    case gpt2XL = "gpt2-xl"
    case llama1B = "llama-3.2-1b"
    case llama8B = "llama-3-8b"
  }

  /// The architectures they are of.
  public enum Architecture: String, Sendable { case gpt2, llama }

  /// The architecture.
  public var architecture: Architecture
  /// How many blocks.
  public var blockCount: Int
  /// d.
  public var width: Int
  /// How many attention heads.
  public var heads: Int
  /// How many heads of keys and values; as many as ``heads`` in a GPT-2.
  public var keyValueHeads: Int
  /// n.
  public var feedForwardWidth: Int
  /// V.
  public var vocabularySize: Int
  /// The longest sequence.
  public var maximumPositions: Int
  /// Whether the head is the embedding.
  public var tiesHead: Bool

  /// A GPT-2 of these sizes.
  public static func gpt2(
    blockCount: Int, width: Int, heads: Int, vocabularySize: Int = 50_257, maximumPositions: Int = 1024
  ) -> RandomModelShape {
    RandomModelShape(
      architecture: .gpt2, blockCount: blockCount, width: width, heads: heads, keyValueHeads: heads,
      feedForwardWidth: 4 * width, vocabularySize: vocabularySize, maximumPositions: maximumPositions,
      tiesHead: true)
  }

  /// A Llama 3 of these sizes.
  public static func llama(
    blockCount: Int, width: Int, heads: Int, keyValueHeads: Int, feedForwardWidth: Int,
    vocabularySize: Int = 128_256, maximumPositions: Int = 8192, tiesHead: Bool
  ) -> RandomModelShape {
    RandomModelShape(
      architecture: .llama, blockCount: blockCount, width: width, heads: heads, keyValueHeads: keyValueHeads,
      feedForwardWidth: feedForwardWidth, vocabularySize: vocabularySize, maximumPositions: maximumPositions,
      tiesHead: tiesHead)
  }

  /// The shape of a model that people edit.
  public static func named(_ name: Name) -> RandomModelShape {
    switch name {
    case .gpt2Small: gpt2(blockCount: 12, width: 768, heads: 12)
    case .gpt2XL: gpt2(blockCount: 48, width: 1600, heads: 25)
    case .llama1B:
      llama(
        blockCount: 16, width: 2048, heads: 32, keyValueHeads: 8, feedForwardWidth: 8192, tiesHead: true)
    case .llama8B:
      llama(
        blockCount: 32, width: 4096, heads: 32, keyValueHeads: 8, feedForwardWidth: 14_336, tiesHead: false)
    }
  }

  /// The width of one head.
  public var headWidth: Int { width / heads }

  /// How many numbers all weights hold.
  public var parameterCount: Int { weights.reduce(0) { $0 + $1.count } }
}

extension RandomModelShape {
  /// `config.json` of a checkpoint of this shape, stored in bfloat16.
  public var configuration: JSON {
    switch architecture {
    case .gpt2:
      [
        "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": JSON(width),
        "n_layer": JSON(blockCount), "n_head": JSON(heads), "n_inner": JSON(feedForwardWidth),
        "vocab_size": JSON(vocabularySize), "n_positions": JSON(maximumPositions),
        "tie_word_embeddings": .bool(tiesHead), "torch_dtype": "bfloat16",
      ]
    case .llama:
      [
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": JSON(width),
        "num_hidden_layers": JSON(blockCount), "num_attention_heads": JSON(heads),
        "num_key_value_heads": JSON(keyValueHeads), "intermediate_size": JSON(feedForwardWidth),
        "vocab_size": JSON(vocabularySize), "max_position_embeddings": JSON(maximumPositions),
        "rope_theta": 500_000, "rms_norm_eps": JSON(1e-5), "hidden_act": "silu",
        "tie_word_embeddings": .bool(tiesHead), "torch_dtype": "bfloat16",
      ]
    }
  }
}
