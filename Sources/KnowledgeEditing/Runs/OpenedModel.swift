import Checkpoints
import Foundation
import LanguageModels
import Tokenization
import Torch

/// A checkpoint with its tokenizer and its model, ready to compute.
public struct OpenedModel {
  /// The checkpoint.
  public let checkpoint: Checkpoint
  /// Its tokenizer.
  public let tokenizer: Tokenizer
  /// Its model.
  public let model: any LanguageModel
  /// What is odd about the checkpoint.
  public let warnings: [String]

  /// Opens the checkpoint in a directory.
  ///
  /// - Parameters:
  ///   - dtype: the type to compute in; that of the checkpoint where nil
  ///   - device: where to compute
  /// - Throws: `CheckpointError`, `LanguageModelError`, `TokenizerError` or `TorchError`, naming what is at fault;
  ///   ``EditRunError/tokenizerMismatch(model:id:vocabularySize:)``.
  public init(_ directory: URL, dtype: DType? = .float32, device: Device = .cpu) throws {
    let checkpoint = try Checkpoint(directory: directory)
    try self.init(
      checkpoint, tokenizer: Tokenizer(contentsOf: checkpoint.directory),
      model: ModelRegistry.load(checkpoint, dtype: dtype, device: device))
  }

  /// Puts together what was opened one by one.
  ///
  /// - Throws: ``EditRunError/tokenizerMismatch(model:id:vocabularySize:)``; `TokenizerError`.
  init(_ checkpoint: Checkpoint, tokenizer: Tokenizer, model: any LanguageModel) throws {
    self.checkpoint = checkpoint
    self.tokenizer = tokenizer
    self.model = model
    warnings = checkpoint.warnings.map(\.description)
    // Padding tokens beyond the embedding are common and harmless; ids that every text begins with are not.
    for id in try tokenizer.encode("").ids where id >= model.vocabularySize {
      throw EditRunError.tokenizerMismatch(
        model: checkpoint.directory.path, id: id, vocabularySize: model.vocabularySize)
    }
  }

  /// The bytes that the device has left for other things than the weights; nil where it does not tell.
  var availableMemory: Int? {
    guard model.device == .cpu else { return model.device.memory?.free }
    // Mapped files count as memory that can be had, but what is computed with must be in memory.
    return SystemMemory().available.map { max(0, $0 - mappedBytes) }
  }

  /// The bytes of weights that the model reads from the checkpoint's files themselves.
  private var mappedBytes: Int {
    checkpoint.shards.flatMap { $0.file.tensors }.filter { DType($0.dtype) == model.dtype }
      .reduce(0) { $0 + $1.byteRange.count }
  }

  /// The ids of a text as the model is to read it, of any length.
  ///
  /// - Throws: ``EditRunError/tokenizerMismatch(model:id:vocabularySize:)``.
  func ids(_ text: String) throws -> [Int] {
    let ids = try tokenizer.prompt(text).ids
    if let id = ids.first(where: { $0 >= model.vocabularySize }) {
      throw EditRunError.tokenizerMismatch(
        model: checkpoint.directory.path, id: id, vocabularySize: model.vocabularySize)
    }
    return ids
  }
}
