import LanguageModels
import Torch

/// Collects the key statistics of several layers in one pass over a corpus.
///
/// ```swift
/// let sample = try CorpusSample(Corpus(files: [url]), sampleSize: 10_000)
/// let documents = try sample.tokenized(by: tokenizer, maximumTokens: 1_024)
/// let collector = try StatisticsCollector(model: model, layers: [4, 5, 6])
/// let statistics = try collector.collect(documents, provenance: provenance).statistics()
/// ```
///
/// The pass stops at the last layer's down-projection. Documents are not padded; every token counts, one that begins
/// the text (`<s>`) included, as in the published implementation. Memory beside the model's: 12n² bytes a layer for
/// sums, on the accelerator where it has room, and what ``init(model:layers:memory:)`` allows for the tokens.
public struct StatisticsCollector {
  private let model: any LanguageModel
  private let layers: [Int]
  private let tokensPerPass: Int
  private let sumDevice: Device

  /// The most tokens run at once; more would not make a pass faster.
  package static let tokenLimit = 8_192

  /// A collector for the down-projections of some blocks.
  ///
  /// - Parameters:
  ///   - layers: the blocks' numbers, in any order
  ///   - memory: how many bytes to use beside the model's weights; nil for as many as are useful
  /// - Throws: ``StatisticsError`` for no layers, layers that the model lacks, and memory too small for the sums.
  public init(model: any LanguageModel, layers: [Int], memory: Int? = nil) throws {
    let layers = Set(layers).sorted()
    guard let first = layers.first, let last = layers.last, first >= 0, last < model.blockCount else {
      throw StatisticsError.invalidSetting(
        "statistics of layers \(layers) were asked for; the model has blocks 0 to \(model.blockCount - 1).")
    }
    self.model = model
    self.layers = layers
    let tokenBytes = Self.tokenBytes(of: model)
    let sumBytes = layers.count * Self.sumBytes(of: model)
    let allowed = (memory ?? .max) - sumBytes
    let least = Self.leastMemory(of: model, layerCount: layers.count)
    guard allowed >= least - sumBytes else {
      throw StatisticsError.tooLittleMemory(needed: least, allowed: memory ?? 0)
    }
    tokensPerPass = min(Self.tokenLimit, allowed / tokenBytes)
    sumDevice = Self.deviceForSums(of: model, bytes: sumBytes, besides: tokensPerPass * tokenBytes)
  }

  /// A layer's sum in fixed point, and that of a group of documents in float32.
  private static func sumBytes(of model: any LanguageModel) -> Int {
    model.feedForwardWidth * model.feedForwardWidth * (MemoryLayout<Int64>.size + MemoryLayout<Float>.size)
  }

  /// About ten states of width d and five of width n, and keys in float32 with their transpose.
  private static func tokenBytes(of model: any LanguageModel) -> Int {
    let (n, d) = (model.feedForwardWidth, model.width)
    return model.dtype.byteCount * (10 * d + 5 * n) + 2 * n * MemoryLayout<Float>.size
  }

  /// The bytes below which the statistics of so many layers cannot be collected in one pass.
  static func leastMemory(of model: any LanguageModel, layerCount: Int) -> Int {
    layerCount * sumBytes(of: model) + min(model.maximumPositions, tokenLimit / 8) * tokenBytes(of: model)
  }

  /// How many layers' statistics can be collected in one pass within `memory` bytes; at least one.
  static func layersPerPass(of model: any LanguageModel, within memory: Int?) -> Int {
    guard let memory else { return model.blockCount }
    return max(1, (memory - leastMemory(of: model, layerCount: 0)) / sumBytes(of: model))
  }

  /// Layers in lots whose statistics can be collected in one pass each, ascending.
  public static func passes(over layers: [Int], of model: any LanguageModel, within memory: Int?) -> [[Int]] {
    let layers = Set(layers).sorted()
    let size = layersPerPass(of: model, within: memory)
    return stride(from: 0, to: layers.count, by: size).map {
      Array(layers[$0..<min($0 + size, layers.count)])
    }
  }

  /// The model's device where it has room for the sums as well, else the CPU.
  private static func deviceForSums(of model: any LanguageModel, bytes: Int, besides: Int) -> Device {
    guard case .cuda = model.device, let free = model.device.memory?.free else { return .cpu }
    return free > bytes + besides ? model.device : .cpu
  }

  /// The names of the layers, in ascending order of their blocks.
  public var layerNames: [String] { layers.map(name) }

  private func name(_ layer: Int) -> String { model.downProjections[layer].name }

  /// Runs the documents through the model and sums the outer products of the layers' keys.
  ///
  /// The result depends on the documents and the model only; with another device, number of threads or amount of
  /// memory the sums of a group (100 documents, float32) may be rounded otherwise.
  ///
  /// - Parameters:
  ///   - provenance: what the statistics are of, to be kept with them
  ///   - convergence: ends the collection once it is reached; the statistics are then those of as many documents as were read
  /// - Throws: ``StatisticsError/emptyCorpus(files:)`` where a whole sample has no tokens;
  ///   ``StatisticsError/nonFiniteKeys(layer:document:line:files:)``; ``StatisticsError/sumTooLarge(layer:)``
  public func collect(
    _ sample: TokenizedSample, provenance: StatisticsProvenance,
    until convergence: SubspaceConvergence? = nil,
    progress: ProgressHandler? = nil
  ) throws -> StatisticsRun {
    guard sample.tokenCount > 0 || sample.shard.count > 1 else {
      throw StatisticsError.emptyCorpus(files: sample.files.map(\.path))
    }
    var sums: [Int: ExactSum] = [:]
    var products: [Int: Tensor] = [:]
    let width = model.feedForwardWidth
    for layer in layers {
      sums[layer] = try ExactSum(width: width, device: sumDevice)
      products[layer] = try Tensor.zeros([width, width], device: model.device)
    }
    var meter = ProgressMeter(
      phase: "Key statistics", unit: "documents", total: sample.documentCount, handler: progress)
    var documentsDone = 0
    var tokensDone = 0
    var convergence = convergence
    var provenance = provenance
    try Autograd.withoutGradients {
      for group in sample.groups {
        var tokensOfGroup = 0
        for chunk in chunks(of: group) {
          try add(chunk, of: sample, to: products)
          tokensOfGroup += chunk.reduce(0) { $0 + $1.tokens.count }
          documentsDone += chunk.count
          let tokens = tokensDone + tokensOfGroup
          meter.report(
            documentsDone, share: Double(tokens) / Double(max(1, sample.tokenCount)),
            detail: "\(tokens) tokens, \(Int(Double(tokens) / max(meter.elapsed, 1e-3))) tokens/s")
        }
        for (layer, product) in products {
          guard try sums[layer]?.add(product, count: tokensOfGroup) == true else {
            throw StatisticsError.sumTooLarge(layer: name(layer))
          }
          try product.fillInPlace(0)
        }
        tokensDone += tokensOfGroup
        // Whole groups are what a smaller sample would have begun with, to the last bit.
        if try convergence?.look(at: sums, documents: documentsDone) == true,
          documentsDone < sample.documentCount
        {
          provenance.sampleSize = documentsDone
          break
        }
      }
    }
    let seconds = meter.elapsed
    meter.report(sample.documentCount, detail: "\(tokensDone) tokens")
    let named = sums.sorted { $0.key < $1.key }.map { (name: name($0.key), sum: $0.value) }
    return StatisticsRun(
      provenance: provenance, shard: sample.shard, layers: named, seconds: seconds, convergence: convergence)
  }

  /// Documents with tokens, longest first, in lots of at most ``tokensPerPass`` tokens (or of one document).
  private func chunks(of group: [TokenizedSample.Document]) -> [[TokenizedSample.Document]] {
    let documents = group.filter { !$0.tokens.isEmpty }
      .sorted { ($1.tokens.count, $0.number) < ($0.tokens.count, $1.number) }
    var chunks: [[TokenizedSample.Document]] = []
    var room = 0
    for document in documents {
      if document.tokens.count <= room, let last = chunks.indices.last {
        chunks[last].append(document)
        room -= document.tokens.count
      } else {
        chunks.append([document])
        room = tokensPerPass - document.tokens.count
      }
    }
    return chunks
  }

  private func add(
    _ documents: [TokenizedSample.Document], of sample: TokenizedSample, to products: [Int: Tensor]
  ) throws {
    let sequences = documents.map(sample.tokens(of:))
    try model.check(sequences)
    let tokens = try PackedTokens(sequences, device: model.device)
    let pass = try ForwardPass(tokens, of: model)
    pass.onDownProjectionInput = { layer, input in
      guard let product = products[layer] else { return }
      let keys = try input.to(.float32)
      try product.addMatmulInPlace(keys.transposed(), keys)
      // A NaN or infinity anywhere in a column of keys shows in that column's square.
      guard try product.diagonal().isFinite().all() else { throw try failure(keys, layer) }
    }
    func failure(_ keys: Tensor, _ layer: Int) throws -> StatisticsError {
      let finite: [Double] = try keys.isFinite().to(.float32).min(1).array()
      var row = 0
      for packed in tokens.order {
        let rows = row..<row + sequences[packed].count
        if finite[rows].contains(0) {
          let document = documents[packed]
          return .nonFiniteKeys(
            layer: name(layer), document: document.number, line: document.line,
            files: sample.files.map(\.path))
        }
        row = rows.upperBound
      }
      return .sumTooLarge(layer: name(layer))
    }
    guard let last = layers.last else { return }
    pass.stop(atDownProjectionOf: last)
    let hidden = try model.embed(tokens.ids, positions: pass.positions)
    _ = try model.run(0..<last + 1, hidden, pass)
  }
}
