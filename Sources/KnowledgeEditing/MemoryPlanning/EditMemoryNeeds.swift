import LanguageModels
import Torch

/// The sizes that an ``EditMemoryPlan`` follows from.
struct EditMemoryNeeds {
  /// What is kept of the keys' second moment C for the solver.
  enum Kept { case nothing, nullSpace, secondMoment }

  let model: any LanguageModel
  /// The type to compute in.
  let dtype: DType
  /// How many layers are edited.
  let layerCount: Int
  let kept: Kept
  /// Whether key statistics may have to be collected first.
  let collectsStatistics: Bool
  /// How many facts are written in all, and remembered.
  let factCount: Int
  /// Whether each batch's weights are kept until it is done (RECT).
  let keepsWeights: Bool
  /// What a fact takes while its target value is sought; nil for methods without target values.
  let bytesPerFact: Int?

  private static let (single, double) = (DType.float32.byteCount, DType.float64.byteCount)

  private var n: Int { model.feedForwardWidth }
  private var d: Int { model.width }
  private var square: Int { n * n }
  /// Whether only the thin side of a null space is looked for.
  private var isWide: Bool { n >= PartialDecomposition.leastWidth }
  /// The most facts to optimise together.
  var largestChunk: Int { FactMemory.largestChunk(on: model.device) }

  func layersPerPass(within bytes: Int) -> Int {
    min(layerCount, StatisticsCollector.layersPerPass(of: model, within: bytes))
  }

  /// Σ kkᵀ of some layers, and the tokens of a pass.
  func statistics(layersPerPass: Int) -> EditMemoryPlan.Phase? {
    guard collectsStatistics, kept != .nothing else { return nil }
    let all = StatisticsCollector.leastMemory(of: model, layerCount: layersPerPass)
    let tokens = StatisticsCollector.leastMemory(of: model, layerCount: 0)
    return EditMemoryPlan.Phase(
      name: "key statistics",
      parts: [
        .init(name: "sums of \(Self.layers(layersPerPass))", bytes: all - tokens),
        .init(name: "a pass of tokens", bytes: tokens),
      ])
  }

  /// One layer's C in float64 and its decomposition, beside what is kept of the others'.
  var preservation: EditMemoryPlan.Phase? {
    guard let keptPart else { return nil }
    let c = EditMemoryPlan.Part(name: "a second moment", bytes: square * Self.double)
    let work: EditMemoryPlan.Part
    switch kept {
    case .nothing: return nil
    // Eigenvectors, and twice as much to work in; of a side, the factor that counts it, a basis of 3n/8 vectors and a mask.
    case .nullSpace where isWide:
      work = .init(name: "its factor and a Krylov basis", bytes: square * (Self.double + 3 + 1))
    case .nullSpace: work = .init(name: "its decomposition", bytes: 3 * square * Self.double)
    case .secondMoment: work = .init(name: "its factor", bytes: 2 * square * Self.double)
    }
    return EditMemoryPlan.Phase(name: "preservation", parts: [c, work, keptPart])
  }

  /// What the solvers keep of C; nil for nothing.
  private var keptPart: EditMemoryPlan.Part? {
    switch kept {
    case .nothing: nil
    case .nullSpace:
      .init(
        name: "null spaces of \(Self.layers(layerCount))",
        bytes: layerCount * square * Self.single / (isWide ? 8 : 2))
    case .secondMoment:
      .init(name: "factors of \(Self.layers(layerCount))", bytes: layerCount * square * Self.double)
    }
  }

  /// What is kept of C and of facts, the weights that change, and the search for target values.
  func editing(factsAtOnce: Int) -> EditMemoryPlan.Phase {
    let isNarrow = dtype != .float32
    // W + ΣΔW in float32 and as the model computes with it; the same again for the ledger, which makes it from the base.
    var copies = isNarrow ? 2 * (Self.single + dtype.byteCount) : 2 * Self.single
    if keepsWeights { copies += Self.single }
    let precision = kept == .secondMoment ? Self.double : Self.single
    // Keys, ΔW's factors, and the solver's history.
    let perFact = layerCount * ((2 * n + d) * Self.single + n * precision)
    var parts = [
      EditMemoryPlan.Part(name: "weights that change", bytes: layerCount * n * d * copies),
      .init(name: "keys and changes of \(factCount) facts", bytes: factCount * perFact),
    ]
    if let keptPart { parts.append(keptPart) }
    if let bytesPerFact, factsAtOnce > 0 {
      parts.append(
        .init(name: "target values of \(factsAtOnce) at once", bytes: factsAtOnce * bytesPerFact))
    }
    return EditMemoryPlan.Phase(name: "editing", parts: parts)
  }

  private static func layers(_ count: Int) -> String { count == 1 ? "a layer" : "\(count) layers" }
}
