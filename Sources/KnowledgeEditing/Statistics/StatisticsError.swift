/// Why key statistics could not be collected, read or found.
public enum StatisticsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case invalidSetting(String)
  /// The corpus gives no tokens.
  case emptyCorpus(files: [String])
  /// The corpus has more documents than can be numbered.
  case tooManyDocuments(files: [String])
  /// A key holds NaN or infinities.
  case nonFiniteKeys(layer: String, document: Int, line: Int, files: [String])
  /// Sums outgrew what can be added exactly.
  case sumTooLarge(layer: String)
  /// The memory asked for does not hold the sums.
  case tooLittleMemory(needed: Int, allowed: Int)
  /// Statistics contradict themselves.
  case unusable(layer: String, reason: String)
  /// A file or directory of statistics cannot be used.
  case refused(file: String, reason: String)
  /// Some layers have no usable file.
  case notFound(layers: [String], directory: String, examined: [ExaminedFile])
  /// Several files would do for a layer, and nothing tells which is meant.
  case ambiguous(layer: String, files: [String])
  /// Shards do not make up one run.
  case mismatchedShards(String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let reason): reason
    case .emptyCorpus(let files):
      "the corpus (\(files.joined(separator: ", "))) gives no tokens, so there is nothing to take statistics of."
    case .tooManyDocuments(let files):
      "the corpus (\(files.joined(separator: ", "))) has more than \(Int32.max) documents. Give fewer files."
    case .nonFiniteKeys(let layer, let document, let line, let files):
      "document \(document + 1) of \(files.joined(separator: ", ")), which begins in line \(line) of its file, gives "
        + "keys of “\(layer)” that are NaN or infinite. Check the checkpoint's weights; float16 models overflow, use --dtype float32."
    case .sumTooLarge(let layer):
      "the sums of squares of the keys of “\(layer)” pass 2³⁷, more than can be added exactly. Use fewer samples."
    case .tooLittleMemory(let needed, let allowed):
      "collecting statistics needs at least \(megabytes(needed)) MB for sums and one document, and "
        + "\(megabytes(allowed)) MB are allowed. Allow more, or take fewer layers at a time."
    case .unusable(let layer, let reason): "statistics of “\(layer)” cannot be used: \(reason)"
    case .refused(let file, let reason): "\(file): \(reason)"
    case .notFound(let layers, let directory, let examined):
      ([
        "\(directory): no usable statistics for \(layers.map { "“\($0)”" }.joined(separator: ", ")). Files are found by "
          + "name: LAYER_float32_mom2_SAMPLES.npz."
          + (examined.isEmpty ? " There are no .npz files below this directory." : " Files looked at:")
      ] + examined.map { "  \($0)" }).joined(separator: "\n")
    case .ambiguous(let layer, let files):
      "several files hold statistics of “\(layer)”, and they differ: \(files.joined(separator: ", ")). "
        + "Name the directory of the one that belongs to this model."
    case .mismatchedShards(let reason): "the shards cannot be merged: \(reason)"
    }
  }
}

private func megabytes(_ bytes: Int) -> Int { bytes / 1_000_000 + 1 }
