import Checkpoints

extension ConfigurationFile {
  /// How far each block's tokens look back: `sliding_window` in the blocks that `layer_types` calls
  /// `sliding_attention`, everything (nil) in the others.
  ///
  /// - Parameter usual: whether a block has the window where there is no `layer_types`
  func attentionWindows(blockCount: Int, usual: (Int) -> Bool) throws -> [Int?] {
    let window = try optionalInt("sliding_window")
    guard let types = value("layer_types") else {
      return (0..<blockCount).map { usual($0) ? window : nil }
    }
    let names = types.array?.compactMap(\.string) ?? []
    guard names.count == blockCount, names.allSatisfy(["sliding_attention", "full_attention"].contains) else {
      throw invalid(
        "layer_types",
        "is not a list of \(blockCount) times “sliding_attention” or “full_attention”, one for each block")
    }
    return try names.map { name in
      guard name == "sliding_attention" else { return nil }
      guard let window else { throw invalid("sliding_window", "is missing, but layer_types asks for it") }
      return window
    }
  }
}
