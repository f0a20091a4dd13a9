import Checkpoints
import Foundation
import LanguageModels
import Ledger
import StrictJSON
import Tokenization
import Torch

/// What an edit by AlphaEdit finds of a model: its files, its history, whether it fits, how long it takes, and what is known of
/// its keys. What does not depend on a part that is damaged is looked at all the same.
struct ModelDiagnosis {
  private(set) var findings: [Finding] = []

  /// - Parameters:
  ///   - directory: the checkpoint's.
  ///   - facts: a file of the facts to be written; nil for facts of ordinary length.
  ///   - hyperparameters: a file of hyper-parameters or the name of built-in ones; nil for those that an edit takes by itself.
  ///   - places: where it could be edited, the best first.
  ///   - memory: bytes of working memory that an edit may take beside the weights.
  ///   - cache: where statistics and null spaces are kept.
  init(
    of directory: URL, facts: URL?, hyperparameters: String?, places: [ComputePlace], memory: Int, cache: URL
  ) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory),
      isDirectory.boolValue
    else {
      findings.append(
        Finding(
          "directory", .problem, "\(directory.path): there is no such directory",
          remedy: "name the directory that holds config.json, model.safetensors and tokenizer.json"))
      return
    }
    let isConfigured = findings.look(at: "configuration") { try Self.configuration(in: directory) } != nil
    let tokenizer = findings.look(at: "tokenizer") { try Self.tokenizer(in: directory) }
    let weights = findings.look(at: "weights") { try Self.weights(in: directory) }
    guard isConfigured, let weights,
      let (checkpoint, model) = findings.look(at: "model", { try Self.model(in: directory, tokenizer) })
    else { return }
    let history = findings.look(at: "history") { try Self.history(of: checkpoint) } ?? nil
    guard
      let settings = findings.look(
        at: "hyper-parameters",
        { try Self.hyperparameters(named: hyperparameters, for: model, after: history?.method) })
    else { return }
    if let tokenizer,
      let facts = findings.look(at: "facts", { try Self.facts(facts, model, tokenizer, settings) })
    {
      let subject = ModelFit(
        checkpoint: checkpoint, model: model, settings: settings, facts: facts, weightCount: weights,
        memory: memory)
      if let choice = findings.look(at: "memory", { try subject.choose(among: places) }) {
        _ = findings.look(at: "speed") { ((), try subject.time(choice)) }
      }
    }
    let keys = KnownKeys(
      checkpoint: checkpoint, model: model, layers: settings.layers, history: history, cache: cache)
    if let digests = findings.look(at: "statistics", { try keys.statistics() }),
      history?.method.recipe?.preserves ?? .nullSpace == .nullSpace
    {
      findings.append(keys.nullSpaces(of: digests, under: settings.nullSpace))
    }
  }

  private static func configuration(in directory: URL) throws -> (Void, Finding) {
    let file = try ConfigurationFile(
      contentsOf: directory.appendingPathComponent(Checkpoint.configurationName))
    let type = try file.modelType
    guard ModelRegistry.modelTypes.contains(type) else {
      throw LanguageModelError.unknownArchitecture(type, known: ModelRegistry.modelTypes)
    }
    return ((), Finding("configuration", "model_type \(type)", values: [("model_type", JSON(type))]))
  }

  private static func tokenizer(in directory: URL) throws -> (Tokenizer, Finding) {
    let tokenizer = try Tokenizer(contentsOf: directory)
    let finding = Finding(
      "tokenizer", "\(tokenizer.vocabularySize) tokens",
      values: [("vocabulary_size", JSON(tokenizer.vocabularySize))])
    return (tokenizer, finding)
  }

  /// Files that are larger together are not read through for values that are no numbers.
  private static let readableSize = 4_000_000_000

  /// How many weights there are.
  private static func weights(in directory: URL) throws -> (count: Int, finding: Finding) {
    let (shards, warnings) = try Checkpoint.weightFiles(in: directory)
    let tensors = shards.flatMap { $0.file.tensors }
    let (count, size) = tensors.reduce((0, 0)) { ($0.0 + $1.elementCount, $0.1 + $1.byteRange.count) }
    var odd = warnings
    if size <= readableSize { odd += try shards.flatMap { try $0.file.nonFiniteWarnings() } }
    let types = Set(tensors.map { "\($0.dtype.rawValue)" }).sorted()
    let finding = Finding(
      "weights", odd.isEmpty ? .ok : .warning,
      "\(tensors.count) tensors, \(size.asBytes) in \(types.joined(separator: ", "))"
        + odd.map { "; \($0)" }.joined(),
      values: [
        ("tensors", JSON(tensors.count)), ("weights", JSON(count)), ("bytes", JSON(size)),
        ("types", JSON(types.map { JSON($0) })),
      ])
    return (count, finding)
  }

  private static func model(
    in directory: URL, _ tokenizer: Tokenizer?
  ) throws -> ((checkpoint: Checkpoint, model: any LanguageModel), Finding) {
    let checkpoint = try Checkpoint(directory: directory)
    let model = try ModelRegistry.load(checkpoint)
    if let tokenizer { _ = try OpenedModel(checkpoint, tokenizer: tokenizer, model: model) }
    let finding = Finding(
      "model",
      "\(model.blockCount) blocks, width \(model.width), feed-forward width \(model.feedForwardWidth), "
        + "\(model.maximumPositions) positions",
      values: [
        ("blocks", JSON(model.blockCount)), ("width", JSON(model.width)),
        ("feed_forward_width", JSON(model.feedForwardWidth)),
        ("vocabulary_size", JSON(model.vocabularySize)), ("positions", JSON(model.maximumPositions)),
      ])
    return ((checkpoint, model), finding)
  }

  /// nil within for a model that was never edited.
  private static func history(of checkpoint: Checkpoint) throws -> (EditHistory?, Finding) {
    guard let history = try EditHistory(of: checkpoint.directory) else {
      return (nil, Finding("history", .absent, "none: it was not edited by this program"))
    }
    try history.checkUnchanged(checkpoint)
    let base = try BaseWeights(of: history.ledger)
    let finding = Finding(
      "history",
      "\(history.steps.count) steps by \(history.method.method.rawValue), \(history.present.count) facts; the base is "
        + (base.checkpoint?.directory.path ?? "kept in the ledger"),
      values: [("steps", JSON(history.steps.count)), ("facts", JSON(history.present.count))])
    return (history, finding)
  }

  private static func facts(
    _ file: URL?, _ model: any LanguageModel, _ tokenizer: Tokenizer, _ settings: Hyperparameters
  ) throws -> (TrialFacts, Finding) {
    let facts = try TrialFacts(
      of: file.map { try FactFile(contentsOf: $0) }, model, tokenizer, strategy: settings.subjectPosition)
    let words = "\(facts.count) facts \(facts.origin)"
    let finding = Finding(
      "facts", file == nil ? .absent : .ok,
      file.map { "\($0.path): \(words)" } ?? "none named with --facts; tried are \(words)",
      values: [("count", JSON(facts.count))])
    return (facts, finding)
  }

  private static func hyperparameters(
    named name: String?, for model: any LanguageModel, after recorded: RecordedMethod?
  ) throws -> (Hyperparameters, Finding) {
    let recorded = name == nil ? recorded : nil
    let chosen =
      try recorded.map { try ChosenHyperparameters(of: $0, for: model, overrides: .init()) }
      ?? ChosenHyperparameters(named: name, for: model)
    guard case .locating(let settings) = chosen.settings else {
      throw HyperparameterError(file: chosen.origin, key: "layers", fault: .missing)
    }
    let blocks = settings.layers.map(String.init).joined(separator: ", ")
    let finding = Finding(
      "hyper-parameters", "\(chosen.origin): blocks \(blocks), \(settings.targetSteps) steps",
      values: [
        ("origin", JSON(chosen.origin)), ("layers", JSON(settings.layers.map { JSON($0) })),
        ("steps", JSON(settings.targetSteps)),
      ])
    return (settings, finding)
  }
}
