import LanguageModels

/// The floating-point operations of writing a fact with AlphaEdit, counted: two for each weight that a token passes, and twice
/// that where a gradient comes back. Attention between tokens is left out; prompts are short.
struct EditCost {
  /// All prompts through the blocks up to the last edited one, and what stands before the subject through the others.
  let setUp: Double
  /// One step of the search for the target value.
  let step: Double
  /// Keys, residuals and the solve at all layers.
  let layers: Double
  /// How many tokens one step runs.
  let stepTokens: Int

  /// The mean of the facts in `prompts`.
  ///
  /// - Parameter blockWeights: how many weights a block has.
  init(_ prompts: BatchPrompts, shape: ModelShape, blockWeights: Double, settings: Hyperparameters) {
    let (first, last) = (settings.layers.first ?? 0, settings.targetLayer)
    let upper = Double(max(shape.blockCount - last - 1, 0))
    let (d, n, v) = (Double(shape.width), Double(shape.feedForwardWidth), Double(shape.vocabularySize))
    let tokens = PromptTokens(prompts)
    let setUp = 2 * blockWeights * (Double(tokens.whole * (last + 1)) + Double(tokens.beforeSubject) * upper)
    let step = 4 * blockWeights * Double(tokens.suffix) * upper + 4 * Double(tokens.outputs) * d * v
    let count = Double(max(1, prompts.prompts.count))
    var layers = 2 * blockWeights * Double(tokens.keyed * (last - first + 1))
    for layer in settings.layers {
      layers +=
        2 * blockWeights * Double(tokens.bare * (last - layer + 1)) + count * (2 * n * n + 4 * n * d)
    }
    (self.setUp, self.step, self.layers) = (setUp / count, step / count, layers / count)
    stepTokens = tokens.suffix / max(1, prompts.prompts.count)
  }

  /// A fact whose target value is sought in `forwards` forward passes, the last of which the search ends before.
  func total(forwards: Int) -> Double { setUp + Double(max(forwards - 1, 0)) * step + layers }
}
