import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import Torch

extension BenchmarkSuite {
  private static let documentTokens = 512
  private static let scoredAtOnce = ScoringBudget().tokens
  /// Records that are evaluated in the straightforward way.
  private static let straightforwardRecords = 2
  private static let generatedPrompts = 8

  /// Key statistics of all edited layers over made-up documents.
  func measureStatistics(_ bench: Bench) throws -> PartMeasurement {
    let text = bench.facts.map(\.filledPrompt).joined(separator: ". ")
    let length = try max(1, bench.tokenizer.encode(text).ids.count)
    let document = Array(repeating: text, count: Self.documentTokens / length + 1).joined(separator: ". ")
    let count = max(1, statisticsTokens / Self.documentTokens)
    let scratch = try ScratchDirectory(for: "bench")
    defer { scratch.remove() }
    let file = scratch.url.appending(path: "documents.txt")
    try Data(Array(repeating: document, count: count).joined(separator: "\n").utf8).write(to: file)
    let sample = try CorpusSample(Corpus(files: [file]), sampleSize: nil)
      .tokenized(by: bench.tokenizer, maximumTokens: min(Self.documentTokens, shape.maximumPositions))
    let collector = try StatisticsCollector(model: bench.model, layers: layers)
    let provenance = StatisticsProvenance(
      modelFingerprint: "", tokenizerHash: "", corpusHash: "", sampleSize: nil,
      maximumTokens: Self.documentTokens, dtype: dtype)
    let seconds = try device.seconds {
      _ = try collector.collect(sample, provenance: provenance, progress: bench.progress)
    }
    let ids = try Array(bench.tokenizer.encode(document).ids.prefix(Self.documentTokens))
    return try PartMeasurement(
      .statistics, seconds: seconds, units: sample.tokenCount,
      floor: floors.statistics(
        tokens: sample.tokenCount, tokensAtOnce: StatisticsCollector.tokenLimit, layers: layers),
      on: bench.machine,
      straightforward: comparesStraightforward ? try straightforwardStatistics(ids, bench.model) : nil,
      note: "\(layers.count) layers, \(sample.tokenCount) tokens in \(count) documents")
  }

  /// Seconds a token where each layer has a pass of its own, through all blocks, document by document.
  private func straightforwardStatistics(_ ids: [Int], _ model: any LanguageModel) throws -> Double {
    let last = layers.last ?? 0
    let sum = try Tensor.zeros([shape.feedForwardWidth, shape.feedForwardWidth], device: device)
    let time = try device.seconds {
      let tokens = try PackedTokens([ids], device: device)
      let pass = try ForwardPass(tokens, of: model)
      pass.onDownProjectionInput = { block, input in
        guard block == last else { return }
        let keys = try input.to(.float32)
        try sum.addMatmulInPlace(keys.transposed(), keys)
      }
      let embedded = try model.embed(tokens.ids, positions: pass.positions)
      _ = try model.run(0..<model.blockCount, embedded, pass)
    }
    return time * Double(layers.count) / Double(max(1, ids.count))
  }

  /// CounterFact's metrics of all records.
  func measureEvaluation(_ bench: Bench) throws -> PartMeasurement {
    let evaluator = try CounterFactEvaluator(bench.records, tokenizer: bench.tokenizer)
    let seconds = try device.seconds { _ = try evaluator.measure(bench.model, progress: bench.progress) }
    let straightforward = try StraightforwardEvaluator(bench.records, tokenizer: bench.tokenizer)
    let (tokens, outputs) = straightforward.differentTokens
    var naive: Double?
    if comparesStraightforward {
      let few = Array(bench.records.prefix(Self.straightforwardRecords))
      let evaluator = try StraightforwardEvaluator(few, tokenizer: bench.tokenizer)
      naive = try device.seconds { _ = try evaluator.measure(bench.model) } / Double(few.count)
    }
    return try PartMeasurement(
      .evaluation, seconds: seconds, units: bench.records.count,
      floor: floors.scores(tokens: tokens, outputs: outputs, tokensAtOnce: Self.scoredAtOnce),
      on: bench.machine, straightforward: naive,
      note: "\(bench.records.count) records, \(tokens / max(1, bench.records.count)) different tokens each")
  }

  /// Continuations of some prompts of the facts, all at once.
  func measureGeneration(_ bench: Bench) throws -> PartMeasurement {
    let texts = bench.facts.prefix(Self.generatedPrompts).map(\.filledPrompt)
    let all = try texts.map { try bench.tokenizer.encode($0).ids }
    // Of one length, so that the floor is that of one batch.
    let length = max(1, all.map(\.count).min() ?? 1)
    let prompts = all.map { Array($0.prefix(length)) }
    let options = GenerationOptions(limit: .newTokens(newTokens))
    var count = 0
    let seconds = try device.seconds {
      count = try bench.model.generate(prompts, options).reduce(0) { $0 + $1.ids.count }
    }
    return try PartMeasurement(
      .generation, seconds: seconds, units: count,
      floor: floors.generation(prompts: prompts.count, length: length, new: newTokens), on: bench.machine,
      straightforward: comparesStraightforward
        ? try straightforwardGeneration(prompts.first ?? [], bench.model) : nil,
      note: "\(prompts.count) prompts at once, \(newTokens) tokens behind each")
  }

  /// Seconds a token where the whole text is read again for each, prompt by prompt: for the text that is half done.
  private func straightforwardGeneration(_ prompt: [Int], _ model: any LanguageModel) throws -> Double {
    let text = prompt + Array(repeating: 0, count: newTokens / 2)
    guard !text.isEmpty else { return 0 }
    return try device.seconds {
      _ = try model.logits(PackedTokens([text], device: device)).argmax(1).array(Int.self)
    }
  }
}
