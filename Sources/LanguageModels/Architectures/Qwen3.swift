import Checkpoints

extension Llama {
  /// Qwen team 2025: Llama whose queries and keys are normalized head by head.
  convenience init(qwen3 file: ConfigurationFile, _ source: any WeightSource) throws {
    var c = try LlamaConfiguration(file)
    c.normsHeads = true
    c.hasInputBias = try file.bool("attention_bias", default: false)
    c.hasOutputBias = c.hasInputBias
    c.windows = try file.qwenWindows(blockCount: c.shape.blockCount)
    try self.init(c, source)
  }
}
