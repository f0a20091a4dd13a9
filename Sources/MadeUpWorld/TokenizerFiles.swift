import StrictJSON

/// The tokenizer as files that transformers, tokenizers and this project's `Tokenization` load.
extension BytePairVocabulary {
  /// `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json` with their contents.
  ///
  /// - Parameters:
  ///   - beginning: the special token put before every text.
  ///   - end: the special token that ends a document.
  public func files(beginning: String, end: String) -> [(name: String, contents: JSON)] {
    [
      ("tokenizer.json", tokenizer(beginning: beginning)),
      (
        "tokenizer_config.json",
        [
          "bos_token": JSON(beginning), "eos_token": JSON(end), "pad_token": JSON(end),
          "clean_up_tokenization_spaces": false, "model_input_names": ["input_ids", "attention_mask"],
          "model_max_length": 256, "padding_side": "right", "tokenizer_class": "PreTrainedTokenizerFast",
        ]
      ),
      (
        "special_tokens_map.json",
        ["bos_token": JSON(beginning), "eos_token": JSON(end), "pad_token": JSON(end)]
      ),
    ]
  }

  private func tokenizer(beginning: String) -> JSON {
    [
      "version": "1.0", "truncation": nil, "padding": nil,
      "added_tokens": JSON(
        specialTokens.enumerated().map { identifier, content in
          [
            "id": JSON(identifier), "content": JSON(content), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
          ]
        }),
      "normalizer": nil, "pre_tokenizer": Self.preTokenizer, "post_processor": postProcessor(beginning),
      "decoder": Self.byteLevel, "model": model,
    ]
  }

  private var model: JSON {
    let named = specialTokens + tokens.map(Self.visible)
    let vocabulary = named.enumerated().map { (key: JSONString($1), value: JSON($0)) }
    return [
      "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
      "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
      "vocab": .object(JSONObject(vocabulary)),
      "merges": JSON(merges.map { JSON(Self.visible($0.left) + " " + Self.visible($0.right)) }),
    ]
  }

  private func postProcessor(_ beginning: String) -> JSON {
    let token: JSON = ["SpecialToken": ["id": JSON(beginning), "type_id": 0]]
    let texts: [JSON] = ["A", "B"].map { ["Sequence": ["id": JSON($0), "type_id": 0]] }
    let identifier = specialTokens.firstIndex(of: beginning) ?? 0
    return [
      "type": "TemplateProcessing", "single": JSON([token, texts[0]]),
      "pair": JSON([token, texts[0], token, texts[1]]),
      "special_tokens": [
        beginning: ["id": JSON(beginning), "ids": [JSON(identifier)], "tokens": [JSON(beginning)]]
      ],
    ]
  }

  /// Letters with one character before them, up to three digits, other characters, line ends: Llama-3's pattern
  /// (the regular expression is part of the published tokenizer).
  private static let preTokenizer: JSON = [
    "type": "Sequence",
    "pretokenizers": [
      [
        "type": "Split",
        "pattern": [
          "Regex": JSON(
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"#
              + #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
        ],
        "behavior": "Isolated", "invert": false,
      ],
      ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false],
    ],
  ]

  private static let byteLevel: JSON = [
    "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
  ]

  /// Bytes as GPT-2 writes them in vocabularies: printable Latin-1 characters stand for themselves, the other
  /// bytes, in order, for U+0100 and following.
  static func visible(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { visibleScalars[Int($0)] }))
  }

  private static let visibleScalars: [Unicode.Scalar] = {
    var moved: UInt8 = 0
    return (UInt8.min...UInt8.max).map { byte in
      let isPrintable = (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte) || byte >= 0xae
      if isPrintable { return Unicode.Scalar(byte) }
      defer { moved += 1 }
      return Unicode.Scalar(0x100 + UInt16(moved)) ?? Unicode.Scalar(byte)
    }
  }()
}
