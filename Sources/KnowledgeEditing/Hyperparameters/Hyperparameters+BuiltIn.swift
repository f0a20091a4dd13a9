import Foundation
import LanguageModels
import StrictJSON

extension Hyperparameters {
  /// The published AlphaEdit hyper-parameters of GPT-2 XL; the same as `hparams/AlphaEdit/gpt2-xl.json`.
  static let gpt2XL = published(
    "gpt2-xl", modules: .gpt2, layers: 13...17, blockCount: 48, steps: 20, learningRate: 0.5, weight: 20000)

  /// The published AlphaEdit hyper-parameters of GPT-J; the same as `hparams/AlphaEdit/EleutherAI_gpt-j-6B.json`.
  static let gptJ6B = published(
    "EleutherAI_gpt-j-6B", modules: .gptJ, layers: 3...8, blockCount: 28, steps: 25, learningRate: 0.5,
    weight: 15000)

  /// The published AlphaEdit hyper-parameters of Llama 3 8B; the same as `hparams/AlphaEdit/Llama3-8B.json`.
  static let llama3With8B = published(
    "Llama3-8B", modules: .llama, layers: 4...8, blockCount: 32, steps: 25, learningRate: 0.1, weight: 15000)

  /// NSE's own values, and its weight of the second moment where that differs, by the model's name.
  private static let neurons: [(name: String, selection: NeuronSelection, weight: Double?)] = [
    (
      "gpt2-xl",
      NeuronSelection(sufficientResidual: 35, excessiveResidual: 150, maximumPasses: 3, share: 1), 10000
    ),
    (
      "EleutherAI_gpt-j-6B",
      NeuronSelection(sufficientResidual: 15, excessiveResidual: 100, maximumPasses: 3, share: 0.8), nil
    ),
    (
      "Llama3-8B",
      NeuronSelection(sufficientResidual: 2.5, excessiveResidual: 50, maximumPasses: 3, share: 1), nil
    ),
  ]

  /// The hyper-parameters built in for a method, which differ between methods in little.
  private static func builtIn(_ method: EditingMethod) -> [Hyperparameters] {
    let alphaEdit = [gpt2XL, gptJ6B, llama3With8B]
    switch method {
    case .alphaEdit, .memit, .memitSequential, .rect, .prune: return alphaEdit
    case .nse:
      return zip(alphaEdit, neurons).map { settings, own in
        var settings = settings
        settings.neurons = own.selection
        settings.secondMomentWeight = own.weight ?? settings.secondMomentWeight
        return settings
      }
    case .rome, .fineTuning: return []
    }
  }

  /// The names of the hyper-parameters built in for a method.
  public static func builtInNames(method: EditingMethod = .alphaEdit) -> [String] {
    builtIn(method).compactMap(\.modelName)
  }

  /// The published hyper-parameters of that name, with or without `.json`; nil when none are built in.
  public static func builtIn(method: EditingMethod = .alphaEdit, name: String) -> Hyperparameters? {
    builtIn(method).first { $0.modelName == name || $0.modelName.map { $0 + ".json" } == name }
  }

  /// Hyper-parameters by a file's path or by a built-in name; a file that exists comes first.
  ///
  /// - Throws: `HyperparameterError`, which lists the names when it is neither.
  public static func named(
    _ name: String, method: EditingMethod = .alphaEdit
  ) throws(HyperparameterError) -> Hyperparameters {
    if FileManager.default.fileExists(atPath: name) {
      return try read(URL(filePath: name), method: method)
    }
    if let builtIn = builtIn(method: method, name: name) { return builtIn }
    throw HyperparameterError(file: name, fault: .unknownName(known: builtInNames(method: method)))
  }

  /// What all published AlphaEdit files have in common, and what differs.
  private static func published(
    _ name: String, modules: ModuleNames, layers: ClosedRange<Int>, blockCount: Int, steps: Int,
    learningRate: Double, weight: Double
  ) -> Hyperparameters {
    Hyperparameters(
      modelName: name, layers: Array(layers), layerSelection: "all", subjectPosition: .subjectLast,
      targetSteps: steps, learningRate: .absolute(learningRate), lossLayer: blockCount - 1, weightDecay: 0.5,
      clampNormFactor: 0.75, klFactor: 0.0625, usesSecondMoment: true, secondMomentWeight: weight,
      modules: modules, statisticsCorpus: "wikipedia",
      statisticsSamples: 100_000, statisticsPrecision: "float32", nullSpace: .threshold(publishedThreshold),
      ridge: publishedRidge, others: JSONObject())
  }
}
