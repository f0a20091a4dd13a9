import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization
import Torch

/// Measures a whole batch of AlphaEdit on a random GPT-2-small shape beside the straightforward formulation, in one run.
public struct EditBenchmark {
  /// The shape measured.
  public var model = RandomModel()
  /// The layers edited.
  public var layers = [3, 4, 5, 6, 7]
  /// Forward passes of a target value.
  public var steps = 20
  /// How many facts the straightforward formulation is measured on; its cost a fact does not depend on their number.
  public var straightforwardFacts = 3
  /// Element types to measure.
  public var dtypes: [DType] = [.float32]
  /// Bytes of working memory.
  public var memory = 1 << 30

  /// A benchmark with the shape and settings of the measurement.
  public init() {}

  /// Seconds and memory measured.
  public struct Report: Sendable {
    /// Facts in the batch.
    public var facts: Int
    /// CPU threads.
    public var threads: Int
    /// For each element type: seconds a fact for target values, and for the whole batch.
    public var measured: [(dtype: DType, targetValues: Double, total: Double)]
    /// Seconds a fact of the straightforward formulation in float32: target values; keys and solves, for a batch as large.
    public var straightforward: (targetValues: Double, rest: Double)
    /// The largest resident memory of the process after each element type, in bytes.
    public var peakMemory: Int

    /// How many times faster a whole batch in float32 is.
    public var speedup: Double? {
      measured.first { $0.dtype == .float32 }.map {
        (straightforward.targetValues + straightforward.rest) / $0.total
      }
    }
  }

  /// Runs the measurement on `facts`, in tokens of `tokenizer`.
  public func run(
    facts: [Fact], tokenizer: Tokenizer, onProgress: ProgressHandler? = nil
  ) throws -> Report {
    let settings = try makeSettings()
    let templates = ContextTemplates.samples
    let prompts = try facts.map { try EditPrompts($0, templates: templates, tokenizer: tokenizer) }
    let width = model.shape.feedForwardWidth
    let nullSpace = try NullSpace(secondMoment: Self.secondMoment(width), rule: settings.nullSpace)
    let preservations = Dictionary(
      uniqueKeysWithValues: layers.map {
        ($0, NullSpacePreservation(nullSpace: nullSpace, ridge: settings.ridge) as any Preservation)
      })

    var measured: [(dtype: DType, targetValues: Double, total: Double)] = []
    var peakMemory = 0
    for dtype in dtypes {
      let model = try model.make(dtype: dtype)
      var valuesDone = 0.0
      let clock = ContinuousClock()
      let start = clock.now
      let session = try EditingSession(
        model: model, settings: settings, templates: templates, preservations: preservations, memory: memory
      ) { update in
        if update.phase == EditingSession.targetPhase {
          valuesDone = start.duration(to: clock.now) / .seconds(1)
        }
        onProgress?(update)
      }
      _ = try session.edit(prompts)
      let total = start.duration(to: clock.now) / .seconds(1)
      measured.append((dtype, valuesDone / Double(facts.count), total / Double(facts.count)))
      if dtype == .float32 { peakMemory = ResidentMemory.peak }
    }
    let baseline = try measureStraightforward(prompts, settings, nullSpace)
    return Report(
      facts: facts.count, threads: Engine.threadCount, measured: measured, straightforward: baseline,
      peakMemory: peakMemory)
  }

  private func measureStraightforward(
    _ prompts: [EditPrompts], _ settings: Hyperparameters, _ nullSpace: NullSpace
  ) throws -> (targetValues: Double, rest: Double) {
    let model = try model.make(dtype: .float32)
    let editor = StraightforwardEditor(model: model, settings: settings)
    let sample = Array(prompts.prefix(straightforwardFacts))
    let clock = ContinuousClock()
    let values = try clock.measure { for prompt in sample { _ = try editor.targetValue(prompt) } }
    return try Autograd.withoutGradients {
      // Each layer reads its keys once to solve and once more for the history.
      let keys = try clock.measure { try editor.keyForwards(sample, repeats: 2) }
      let n = nullSpace.keyWidth
      let p = try nullSpace.project(Tensor.identity(n))
      let generator = try RandomGenerator(seed: 2)
      let k = try generator.normal([n, prompts.count])
      let r = try generator.normal([model.shape.width, prompts.count])
      let history = try k.matmul(k.transposed())
      let solve = try clock.measure { _ = try editor.denseSolve(p, history, k, r) }
      let layerCount = Double(layers.count)
      return (
        values / .seconds(1) / Double(sample.count),
        layerCount * (keys / .seconds(1) / Double(sample.count) + solve / .seconds(1) / Double(prompts.count))
      )
    }
  }

  private func makeSettings() throws -> Hyperparameters {
    var settings = try Hyperparameters.benchmarked(model.shape, layers: layers, steps: steps)
    settings.nullSpace = .share(0.95)
    return settings
  }

  /// A second moment whose spectrum falls like those of real keys.
  private static func secondMoment(_ n: Int) throws -> Tensor {
    let generator = try RandomGenerator(seed: 3)
    let scale = try Tensor((0..<n).map { 1 / Float(1 + $0 / 8) })
    let keys = try generator.normal([2 * n, n]) * scale
    return try keys.transposed().matmul(keys) / Double(2 * n)
  }
}
