/// The name of a file of statistics as the published implementation gives it:
/// `model.layers.4.mlp.down_proj_float32_mom2_100000.npz`, without `_100000` for a whole corpus.
struct StatisticsFileName: Sendable, Equatable {
  /// The module, as in `model.layers.4.mlp.down_proj`.
  var layerName: String
  /// How many documents were asked for; nil for the whole corpus.
  var sampleSize: Int?

  static let pattern = "LAYER_float32_mom2_SAMPLES.npz"
  private static let suffix = ".npz"
  /// What the published code puts in by mistake where documents were cut to fewer tokens than the model takes.
  private static let uninterpolated = "_t{batch_tokens}"

  init(layerName: String, sampleSize: Int?) {
    self.layerName = layerName
    self.sampleSize = sampleSize
  }

  /// Reads a file's name; nil where it is another file's. Files of other precisions (`_float16_`) are understood, and
  /// so is a limit of tokens (`_t2048`).
  init?(_ fileName: String) {
    guard fileName.hasSuffix(Self.suffix) else { return nil }
    let stem = fileName.dropLast(Self.suffix.count).split(separator: Self.uninterpolated).joined()
    var parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    sampleSize = nil
    if let last = parts.last, let size = Int(last), size > 0 {
      sampleSize = size
      parts.removeLast()
    }
    if let last = parts.last, last.first == "t", Int(last.dropFirst()) != nil { parts.removeLast() }
    guard let statistics = parts.popLast(), statistics.split(separator: "-").contains("mom2"),
      let precision = parts.popLast(), ["float16", "float32", "float64"].contains(precision)
    else { return nil }
    layerName = parts.joined(separator: "_")
    if layerName.isEmpty { return nil }
  }

  /// The file's name.
  var text: String {
    layerName + "_float32_mom2" + (sampleSize.map { "_\($0)" } ?? "") + Self.suffix
  }
}
