import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization

/// Measures the text that a model writes at CounterFact's generation prompts, any number of times.
///
/// As published, the model writes until prompt and continuation have 100 tokens together, each drawn among the five
/// most likely. Two things differ from the published code unless `asPublished` asks for them: tokens that only mark
/// a text's beginning or end are left out of the text (there, Llama 3's `<|begin_of_text|>` is counted as words),
/// and the perplexity of the reference texts about a subject divides by the number of tokens that are predicted,
/// not by one more.
public struct TextEvaluator {
  private struct Subject {
    let place: String
    let prompts: [(text: String, ids: [Int], seed: UInt64)]
    let references: [String]
    let essenceTexts: [String]
    let essence: [Int]
  }

  private let subjects: [Subject]
  private let weights: TermWeights
  private let tokenizer: Tokenizer
  private let asPublished: Bool

  /// How many tokens a text has, its prompt included, and of how many tokens each is chosen.
  private static let totalTokens = 100
  private static let topK = 5
  /// How many tokens of the texts about the subject are looked at.
  private static let essenceTokens = 100
  /// How many records are measured together.
  private static let chunkSize = 64

  /// Puts the prompts of `records` into tokens, and finds the texts to compare with. A record without generation
  /// prompts gets metrics without values.
  ///
  /// - Parameters:
  ///   - snippets: reference texts; each record with generation prompts needs some of its attribute.
  ///   - weights: of the terms that texts are compared by.
  ///   - seed: what the texts depend on, beside the record's name and the prompt's place in it.
  /// - Throws: ``EvaluationError/missingSnippets(place:relation:target:)``,
  ///   ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(
    _ records: [CounterFactRecord], snippets: AttributeSnippets, weights: TermWeights, tokenizer: Tokenizer,
    seed: UInt64 = 0, asPublished: Bool = false
  ) throws(EvaluationError) {
    var subjects: [Subject] = []
    subjects.reserveCapacity(records.count)
    for record in records {
      subjects.append(try Self.subject(record, snippets, tokenizer, seed: seed))
    }
    self.subjects = subjects
    self.weights = weights
    self.tokenizer = tokenizer
    self.asPublished = asPublished
  }

  private static func subject(
    _ record: CounterFactRecord, _ snippets: AttributeSnippets, _ tokenizer: Tokenizer, seed: UInt64
  ) throws(EvaluationError) -> Subject {
    let place = record.place
    guard !record.generationPrompts.isEmpty else {
      return Subject(place: place, prompts: [], references: [], essenceTexts: [], essence: [])
    }
    let relation = record.fact.relation ?? ""
    let target = record.requestedRewrite["target_new"]?["id"]?.string ?? ""
    let references = snippets[relation: relation, target: target]
    guard !references.isEmpty else {
      throw .missingSnippets(place: place, relation: relation, target: target)
    }
    let about = references.filter { $0.name.utf8.elementsEqual(record.fact.subject.utf8) }.map(\.text)
    func ids(_ text: String) throws(EvaluationError) -> [Int] {
      do { return try tokenizer.promptIDs(text) } catch {
        throw .unusablePrompt(place: place, prompt: text, reason: "\(error)")
      }
    }
    var prompts: [(text: String, ids: [Int], seed: UInt64)] = []
    for (index, prompt) in record.generationPrompts.enumerated() {
      prompts.append((prompt, try ids(prompt), seed &+ hash(record.fact.id) &+ UInt64(index)))
    }
    let essence = about.isEmpty ? [] : Array(try ids(about.joined(separator: " ")).prefix(essenceTokens))
    return Subject(
      place: place, prompts: prompts, references: references.map(\.text), essenceTexts: about,
      essence: essence)
  }

  /// The same number for the same name on every run and machine (Fowler, Noll and Vo's hash, variant 1a).
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// The metrics of each record, in order.
  ///
  /// - Parameters:
  ///   - memory: bytes for the keys and values of prompts that are continued at once.
  ///   - phase: the name under which progress is reported.
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)`` for a prompt that the model cannot read;
  ///   `LanguageModelError`; `TokenizerError`; `TorchError`.
  public func measure(
    _ model: any LanguageModel, memory: Int = 256 << 20, phase: String = "Generation",
    progress: ProgressHandler? = nil
  ) throws -> [TextMetrics] {
    for subject in subjects {
      for prompt in subject.prompts {
        try model.check(
          prompt.text, length: prompt.ids.count, largestID: prompt.ids.max() ?? 0, place: subject.place)
      }
      try model.check(
        subject.essenceTexts.first ?? "", length: min(subject.essence.count, model.maximumPositions),
        largestID: subject.essence.max() ?? 0, place: subject.place)
    }
    let total = subjects.reduce(0) { $0 + $1.prompts.count }
    var meter = ProgressMeter(phase: phase, unit: "texts", total: total, handler: progress)
    var metrics: [TextMetrics] = []
    metrics.reserveCapacity(subjects.count)
    var done = 0
    for start in stride(from: 0, to: subjects.count, by: Self.chunkSize) {
      let chunk = subjects[start..<min(start + Self.chunkSize, subjects.count)]
      let prompts = chunk.flatMap(\.prompts)
      let generated = try model.generate(
        prompts.map(\.ids),
        GenerationOptions(limit: .totalTokens(Self.totalTokens), sampling: Sampling(topK: Self.topK)),
        seeds: prompts.map(\.seed), memory: memory, onBatch: { meter.report(done + $0) })
      done += prompts.count
      var texts = try zip(prompts, generated).map { try text($0.ids + $1.ids) }[...]
      let perplexities = try essencePerplexities(of: chunk, model)
      for (subject, perplexity) in zip(chunk, perplexities) {
        metrics.append(self.metrics(of: subject, Array(texts.prefix(subject.prompts.count)), perplexity))
        texts = texts.dropFirst(subject.prompts.count)
      }
    }
    return metrics
  }

  private func metrics(of subject: Subject, _ texts: [String], _ perplexity: Double?) -> TextMetrics {
    TextMetrics(
      texts: texts, ngramEntropy: NGramEntropy.mean(of: texts),
      referenceScore: TermWeights.cosine(
        weights.vector(of: texts.joined(separator: " ")),
        weights.vector(of: subject.references.joined(separator: " "))),
      essenceScore: perplexity, essenceTexts: subject.essenceTexts)
  }

  /// The published form of a text: compatibility decomposition, empty lines made spaces, ends of text left out.
  private func text(_ ids: [Int]) throws -> String {
    try tokenizer.decode(ids, skippingSpecialTokens: !asPublished, cleaningUpSpaces: true)
      .decomposedStringWithCompatibilityMapping
      .replacingOccurrences(of: "\n\n", with: " ")
      .replacingOccurrences(of: "<|endoftext|>", with: "")
  }

  /// The perplexity of each subject's texts; nil where they have no two tokens.
  private func essencePerplexities(
    of subjects: ArraySlice<Subject>, _ model: any LanguageModel
  ) throws -> [Double?] {
    let texts = subjects.map { Array($0.essence.prefix(model.maximumPositions)) }
    let asked = texts.filter { $0.count > 1 }
    var scores = try model.scores(of: asked)[...]
    return texts.map { ids in
      guard ids.count > 1, let score = scores.popFirst() else { return nil }
      let divisor = Double(asPublished ? ids.count : score.logProbabilities.count)
      return exp(-score.logProbabilities.reduce(0, +) / divisor)
    }
  }
}
