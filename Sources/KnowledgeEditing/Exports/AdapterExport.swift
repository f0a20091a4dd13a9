import Checkpoints
import Foundation
import LanguageModels
import Ledger
import StrictJSON
import Torch

/// Writes the edits of a checkpoint as a LoRA adapter for the unedited one, as PEFT reads it.
///
/// With scaling 1 (`lora_alpha` = `r`) an adapter adds B A to a weight. The sum of all updates, Σ left · rightᵀ, has at most the rank
/// of its factors; B and A are its singular vectors, scaled, so that at the full rank they are exact, at a lower one the nearest of
/// that rank in each tensor, and products with them lose no digits to terms that cancel.
public struct AdapterExport {
  /// The edited checkpoint.
  public var model: URL
  /// The directory that the adapter goes to; it must not hold one.
  public var output: URL
  /// The largest rank; that of the changes where nil.
  public var rank: Int?
  /// Where the unedited checkpoint is now; where the ledger says, if nil.
  public var base: URL?
  /// Reports how far it has come.
  public var progress: ProgressHandler?

  /// A fact, as the edited checkpoint has it and as the base with the adapter has it.
  public struct FactResult: Sendable {
    /// The fact.
    public var fact: LedgerFact
    /// In the edited checkpoint.
    public var edited: FactMeasure
    /// With the adapter.
    public var adapted: FactMeasure

    /// By how much the mean log-probability of the target has fallen.
    public var loss: Double { edited.target.meanLogProbability - adapted.target.meanLogProbability }
  }

  /// What was written.
  public struct Report: Sendable {
    /// The adapter's directory.
    public var directory: URL
    /// Its rank.
    public var rank: Int
    /// The rank at which it would be exact.
    public var fullRank: Int
    /// How each fact fares, where the adapter is not exact.
    public var facts: [FactResult]
  }

  /// The factors of a tensor's whole change.
  private struct Factors {
    let tensor: LedgerBase.Tensor
    /// B [d, r].
    var b: Tensor
    /// A [r, n].
    var a: Tensor
  }

  /// An adapter of full rank.
  public init(model: URL, output: URL) {
    self.model = model
    self.output = output
  }

  /// Does it.
  ///
  /// - Throws: `LedgerError`, `CheckpointError`; ``HistoryError/notLowRank(method:)`` for RECT and PRUNE.
  public func run() throws -> Report {
    let checkpoint = try Checkpoint(directory: model)
    let history = try EditHistory(required: checkpoint.directory)
    try history.checkUnchanged(checkpoint)
    guard history.method.changes == .whole else {
      throw HistoryError.notLowRank(method: history.method.method.rawValue)
    }
    let weights = try BaseWeights(of: history.ledger, in: base)
    let (factors, fullRank) = try Autograd.withoutGradients { try self.factors(of: history, weights.base) }
    let width = factors.map { $0.a.size(0) }.max() ?? 0
    let facts =
      width < fullRank
      ? try results(history, checkpoint, weights, factors) : []
    try write(factors, rank: width, base: weights.base)
    return Report(directory: output, rank: width, fullRank: fullRank, facts: facts)
  }

  /// The factors of each tensor, of one rank, and the rank that would be exact.
  private func factors(
    of history: EditHistory, _ base: LedgerBase
  ) throws -> (factors: [Factors], fullRank: Int) {
    var updates: [Int: [WeightDelta]] = [:]
    for revision in try history.ledger.revisions() {
      for delta in try history.ledger.deltas(ofRevision: revision.id) {
        updates[delta.block, default: []].append(try delta.weightDelta())
      }
    }
    var factors: [Factors] = []
    var fullRank = 0
    for tensor in base.tensors {
      let deltas = updates[tensor.block] ?? []
      guard !deltas.isEmpty else { continue }
      let left = try Tensor.concatenate(deltas.map(\.left), 1)
      let right = try Tensor.concatenate(deltas.map(\.right), 1)
      let exact = min(left.size(1), left.size(0), right.size(0))
      fullRank = max(fullRank, exact)
      factors.append(try Self.nearest(left, right, rank: min(exact, rank ?? exact), of: tensor))
    }
    // One rank for all of them: PEFT's configuration is then the simplest, and zeros change nothing.
    let width = factors.map { $0.a.size(0) }.max() ?? 0
    for index in factors.indices where factors[index].a.size(0) < width {
      let missing = width - factors[index].a.size(0)
      let (b, a) = (factors[index].b, factors[index].a)
      factors[index].b = try Tensor.concatenate([b, Tensor.zeros([b.size(0), missing])], 1)
      factors[index].a = try Tensor.concatenate([a, Tensor.zeros([missing, a.size(1)])], 0)
    }
    return (factors, fullRank)
  }

  /// The matrix of a rank nearest to left · rightᵀ, by the singular values of the product, through the factors.
  private static func nearest(
    _ left: Tensor, _ right: Tensor, rank: Int, of tensor: LedgerBase.Tensor
  ) throws -> Factors {
    let (qLeft, rLeft) = try left.to(.float64).qr()
    let (qRight, rRight) = try right.to(.float64).qr()
    let (u, s, vt) = try rLeft.matmul(rRight.transposed()).singularValues()
    let kept = 0..<rank
    let root = try s.narrow(0, kept).sqrt()
    return Factors(
      tensor: tensor, b: try (qLeft.matmul(u.narrow(1, kept)) * root).to(.float32),
      a: try (qRight.matmul(vt.narrow(0, kept).transposed()) * root).transposed().to(.float32))
  }

  /// What the edited checkpoint, and the base with the adapter, make of the facts.
  private func results(
    _ history: EditHistory, _ checkpoint: Checkpoint, _ weights: BaseWeights, _ factors: [Factors]
  ) throws -> [FactResult] {
    let opened = try OpenedModel(checkpoint.directory)
    let probe = FactProbe(
      try history.prompts(of: history.present, opened.tokenizer), tokenizer: opened.tokenizer)
    let edited = try probe.measure(opened.model, phase: "Checkpoint", progress: progress)
    try Autograd.withoutGradients {
      for part in factors {
        let (block, blocks) = (part.tensor.block, opened.model.downProjections)
        guard blocks.indices.contains(block) else {
          throw EditingError.noSuchLayer(block, blockCount: blocks.count)
        }
        let linear = blocks[block]
        try linear.replaceWeight(weights.tensor(part.tensor).to(opened.model.dtype))
        try linear.add(left: part.b, right: part.a.transposed())
      }
    }
    let adapted = try probe.measure(opened.model, phase: "Adapter", progress: progress)
    return zip(history.present, zip(edited, adapted)).map {
      FactResult(fact: $0, edited: $1.0, adapted: $1.1)
    }
  }

  /// Writes PEFT's two files.
  private func write(_ factors: [Factors], rank: Int, base: LedgerBase) throws {
    var tensors: [NewTensor] = []
    for part in factors {
      for (name, values) in [("lora_A", part.a), ("lora_B", part.b)] {
        tensors.append(
          NewTensor(
            name: "base_model.model.\(part.tensor.module).\(name).weight", dtype: .float32,
            shape: values.shape
          ) { try values.withBytes($0) })
      }
    }
    let configuration: JSON = [
      "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": JSON(base.path),
      "r": JSON(rank),
      "lora_alpha": JSON(rank), "lora_dropout": 0, "bias": "none",
      "target_modules": JSON(factors.map { JSON($0.tensor.module) }),
      "fan_in_fan_out": JSON(factors.contains { $0.tensor.isTransposed }), "inference_mode": true,
      "init_lora_weights": true, "use_rslora": false, "use_dora": false, "modules_to_save": nil,
      "rank_pattern": [:], "alpha_pattern": [:],
    ]
    try AtomicDirectory.write(to: output) { folder in
      try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent("adapter_model.safetensors"))
      try AtomicFile.write(
        configuration.serialized(pretty: true), to: folder.appendingPathComponent("adapter_config.json"),
        overwrite: false)
    }
  }
}
