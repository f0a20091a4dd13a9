/// A linear map of a decoder, by its widths.
struct LinearMap: Equatable {
  let input: Int
  let output: Int

  var weightCount: Int { input * output }
}

extension RandomModelShape {
  /// What each block's attention takes in: queries, keys and values.
  var attentionInputs: [LinearMap] {
    let keyWidth = keyValueHeads * headWidth
    return switch architecture {
    case .gpt2: [LinearMap(input: width, output: 3 * width)]
    case .llama:
      [LinearMap(input: width, output: width)]
        + Array(repeating: LinearMap(input: width, output: keyWidth), count: 2)
    }
  }

  /// What each block's attention gives.
  var attentionOutput: LinearMap { LinearMap(input: width, output: width) }

  /// What leads up to each block's down-projection.
  var upProjections: [LinearMap] {
    let up = LinearMap(input: width, output: feedForwardWidth)
    return architecture == .gpt2 ? [up] : [up, up]
  }

  /// Each block's down-projection.
  var downProjection: LinearMap { LinearMap(input: feedForwardWidth, output: width) }

  /// All maps of a block.
  var blockMaps: [LinearMap] { attentionInputs + [attentionOutput] + upProjections + [downProjection] }

  /// From states to logits.
  var head: LinearMap { LinearMap(input: width, output: vocabularySize) }

  /// How many numbers a token's keys and values are, in one block.
  var cachedWidth: Int { 2 * keyValueHeads * headWidth }
}
