import LanguageModels
import StrictJSON

extension Hyperparameters {
  /// Hyper-parameters for a model for which no file is given.
  ///
  /// The published ones where the model is one of the three they were made for: GPT-2 XL, GPT-J, or a Llama of the
  /// shape of Llama 3 8B. For any other model, where this project's own choices are marked so:
  /// - `layers`: at the same relative depth as in the published file of the nearest family (blocks with attention and
  ///   feed-forward side by side as in GPT-J, GPT-2, or Llama for all others), hence fewer in a shallower model.
  /// - `lossLayer`: the last block.
  /// - `secondMomentWeight` 15,000: as published for all but GPT-2 XL.
  /// - `targetSteps` 25, `weightDecay` 0.5, `clampNormFactor` 0.75, `klFactor` 0.0625, `subjectLast`: as published.
  /// - `learningRate` (own): a first step of 0.4 of the hidden state's norm. Published rates fit the norms of three
  ///   models; a Llama of width 320 with states of norm 150 needs 2 to 5, which is 0.24 to 0.6 of the norm.
  /// - `nullSpace` (own): what lies outside 0.9 of the spectrum, since the published bound on eigenvalues means
  ///   nothing for keys of another scale. With 0.99 that Llama says 15 of 50 new facts and its perplexity grows by 22 %;
  ///   with 0.9 it says 30 and it grows by 4 %: what has little room to change must change much.
  /// - `ridge` (own): 1, the coefficient in the paper's Eq. 14; the published files have 10 for their three models.
  ///
  /// - Parameters:
  ///   - modelType: `model_type` of the model's `config.json`.
  ///   - blockCount: its number of blocks.
  ///   - width: its hidden states' width.
  ///   - feedForwardWidth: the width of its down-projections' input; tells Llama 3 8B from other Llamas of its depth
  ///     and width. Nil when it is not known.
  ///   - modules: what its checkpoint calls its modules; nil for what Hugging Face's call them.
  /// - Throws: `HyperparameterError` when the model has no blocks, or its modules' names are neither given nor known.
  public static func derived(
    forModelType modelType: String, blockCount: Int, width: Int, feedForwardWidth: Int? = nil,
    modules: ModuleNames? = nil
  ) throws(HyperparameterError) -> Hyperparameters {
    let file = "defaults for a model of type \(modelType)"
    guard (1...largestBlockCount).contains(blockCount) else {
      let fault = HyperparameterError.Fault.notAllowed(
        value: "\(blockCount) blocks", allowed: "between 1 and \(largestBlockCount) blocks")
      throw HyperparameterError(file: file, fault: fault)
    }
    guard let modules = modules ?? ModuleNames(modelType: modelType) else {
      throw HyperparameterError(file: file, key: "rewrite_module_tmp", fault: .missing)
    }
    if var published = published(modelType, blockCount, width, feedForwardWidth) {
      published.modules = modules
      return published
    }
    var derived = nearest(toModelType: modelType)
    let publishedBlockCount = derived.lossLayer + 1
    // Centres of blocks are compared: of 2 blocks the first ends where the 16th of 32 does, and covers blocks 0 to 15.
    func scaled(_ layer: Int) -> Int {
      let depth = (Double(layer) + 0.5) / Double(publishedBlockCount)
      return min(Int(depth * Double(blockCount)), blockCount - 1)
    }
    derived.modelName = nil
    derived.layers = Array(scaled(derived.layers[0])...scaled(derived.targetLayer))
    derived.lossLayer = blockCount - 1
    derived.targetSteps = 25
    derived.learningRate = .relativeToNorm(0.4)
    derived.secondMomentWeight = 15_000
    derived.modules = modules
    derived.nullSpace = .share(0.9)
    derived.ridge = 1
    return derived
  }

  private static let largestBlockCount = 10_000

  /// The published hyper-parameters made for a model of exactly that shape.
  private static func published(
    _ modelType: String, _ blockCount: Int, _ width: Int, _ feedForwardWidth: Int?
  ) -> Hyperparameters? {
    switch (modelType, blockCount, width) {
    case ("gpt2", 48, 1600): gpt2XL
    case ("gptj", 28, 4096): gptJ6B
    case ("llama", 32, 4096) where feedForwardWidth ?? 14336 == 14336: llama3With8B
    default: nil
    }
  }

  private static func nearest(toModelType modelType: String) -> Hyperparameters {
    switch modelType {
    case "gpt2": gpt2XL
    case "gptj", "gpt_neox", "phi": gptJ6B
    default: llama3With8B
    }
  }
}
