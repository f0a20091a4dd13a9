import Foundation
import StrictJSON
import Tokenization

/// A byte-pair tokenizer without a pre-tokenizer, for cases that trained vocabularies do not have.
struct SmallTokenizer {
  /// The tokens, in the order of their ids.
  var vocabulary: [String]
  /// Pairs of tokens with a space between.
  var merges: [String] = []
  var unknown: String?
  /// The special tokens before and after a text.
  var around: (before: String, after: String)?

  func read() throws -> Tokenizer {
    let folder = FileManager.default.temporaryDirectory.appending(path: "alphaedit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(json.serialized()).write(to: folder.appending(path: "tokenizer.json"))
    if let unknown {
      let config: JSON = ["unk_token": JSON(unknown)]
      try Data(config.serialized()).write(to: folder.appending(path: "tokenizer_config.json"))
    }
    return try Tokenizer(contentsOf: folder)
  }

  private var json: JSON {
    let ids = vocabulary.enumerated().map { (JSONString($1), JSON($0)) }
    let pairs = merges.map { merge in
      // The second token of "c  " is a space.
      let cut = merge.index(after: merge.startIndex)
      return JSON([JSON(merge[..<cut]), JSON(merge[cut...].dropFirst())])
    }
    let model: JSON = [
      "type": "BPE", "vocab": .object(JSONObject(ids)), "merges": JSON(pairs),
      "unk_token": unknown.map { JSON($0) } ?? nil,
    ]
    return [
      "added_tokens": [], "normalizer": nil, "pre_tokenizer": nil, "post_processor": postProcessor,
      "decoder": ["type": "Fuse"],
      "model": model,
    ]
  }

  private var postProcessor: JSON {
    guard let around else { return nil }
    func special(_ token: String) -> JSON { ["SpecialToken": ["id": JSON(token), "type_id": 0]] }
    func entry(_ token: String) -> JSON {
      ["id": JSON(token), "ids": [JSON(vocabulary.firstIndex(of: token) ?? -1)], "tokens": [JSON(token)]]
    }
    let text: JSON = ["Sequence": ["id": "A", "type_id": 0]]
    return [
      "type": "TemplateProcessing", "single": [special(around.before), text, special(around.after)],
      "pair": [text, text],
      "special_tokens": .object(
        JSONObject([around.before, around.after].map { (JSONString($0), entry($0)) })),
    ]
  }
}
