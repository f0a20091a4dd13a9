import Checkpoints

extension Llama {
  /// Jiang et al. 2023: Llama whose tokens look back over a window.
  convenience init(mistral file: ConfigurationFile, _ source: any WeightSource) throws {
    var c = try LlamaConfiguration(file)
    c.windows = try file.attentionWindows(blockCount: c.shape.blockCount) { _ in true }
    try self.init(c, source)
  }
}
