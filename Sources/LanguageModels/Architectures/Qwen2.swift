import Checkpoints

extension Llama {
  /// Qwen team 2024 (Qwen2 and 2.5): Llama with a bias in queries, keys and values.
  convenience init(qwen2 file: ConfigurationFile, _ source: any WeightSource) throws {
    var c = try LlamaConfiguration(file)
    c.hasInputBias = true
    c.windows = try file.qwenWindows(blockCount: c.shape.blockCount)
    try self.init(c, source)
  }
}

extension ConfigurationFile {
  /// The windows of Qwen's blocks: off unless `use_sliding_window`, then from block `max_window_layers` on.
  func qwenWindows(blockCount: Int) throws -> [Int?] {
    guard try bool("use_sliding_window", default: false) else {
      return Array(repeating: nil, count: blockCount)
    }
    let first = try int("max_window_layers", in: 0...Self.sizeLimit, default: 28)
    return try attentionWindows(blockCount: blockCount) { $0 >= first }
  }
}
