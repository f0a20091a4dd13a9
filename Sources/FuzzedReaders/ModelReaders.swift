import Checkpoints
import Foundation
import LanguageModels
import Tokenization
import Torch

extension FuzzedReader {
  /// `config.json`, up to a forward pass of the model it describes.
  static let config = FuzzedReader("config", .json) { bytes, directory in
    let url = try write(bytes, "config.json", in: directory)
    let model = try ModelRegistry.make(ConfigurationFile(contentsOf: url), SmallWeights())
    guard model.blockCount <= 4 else { return }
    try Autograd.withoutGradients {
      let logits = try model.logits(PackedTokens([[0, 0, 0]]))
      try promise(logits.shape == [3, model.vocabularySize], "logits of shape \(logits.shape)")
    }
  }

  /// Constant weights of any small shape that is asked for, under any name but a bias of a head.
  private struct SmallWeights: WeightSource {
    var origin: String { "weights in memory" }
    func has(_ name: String) -> Bool { true }
    func storedName(_ name: String) -> String { name }

    func tensor(_ name: String, shape: [Int]) throws -> Tensor {
      var count = 1
      for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, size >= 0, product <= 1 << 14 else {
          throw LanguageModelError.weightShape(name: name, found: [], expected: shape, file: origin)
        }
        count = product
      }
      return try Tensor.zeros(shape)
    }
  }

  /// `tokenizer.json`, up to the tokens of some texts and back.
  static let tokenizer = FuzzedReader("tokenizer", .json) { bytes, directory in
    let tokenizer = try Tokenizer(contentsOf: write(bytes, "tokenizer.json", in: directory))
    for text in texts {
      let encoding = try tokenizer.encode(text)
      try promise(encoding.ids.count == encoding.offsets.count, "not an offset for each token")
      let length = text.utf8.count
      for (id, range) in zip(encoding.ids, encoding.offsets) {
        try promise((0..<tokenizer.vocabularySize).contains(id), "id \(id) of \(tokenizer.vocabularySize)")
        try promise(
          0 <= range.lowerBound && range.upperBound <= length, "offsets \(range) of \(length) bytes")
      }
      _ = try tokenizer.decode(encoding.ids)
      _ = try tokenizer.decode(encoding.ids, skippingSpecialTokens: true, cleaningUpSpaces: true)
    }
  }

  private static let texts = [
    "", " ", "The capital of France is Paris.", "  two  spaces\n\nand\tlines\r\n", "<s>[INST] don't </s>",
    "1234567,89",
    "cafe\u{301} caf\u{E9} \u{FB01} \u{1F469}\u{200D}\u{1F680} \u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{4E2D}\u{6587}\u{0}\u{FEFF}",
    String(repeating: "a", count: 500), String(repeating: " ", count: 200),
  ]
}
