import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON

/// The published generation metrics of CounterFact records: fluency, consistency and essence.
struct TextMeasure: RecordMeasure {
  let name = "texts"
  let dependencies: JSON
  let schedule = MeasuringSchedule()
  let chunks: RecordChunks
  let figures = RecordFigure.texts
  /// For each chunk, the places in it of the records that are measured, and what measures them.
  private let evaluators: [(places: [Int], evaluator: TextEvaluator)]
  private let memory: Int

  /// Prepares to measure every record with generation prompts whose number is a multiple of the settings' interval; nil
  /// where there is none, so that no reference texts are needed.
  ///
  /// - Throws: ``EvaluationError``; `FactError` for the reference texts.
  init?(
    _ records: [CounterFactRecord], chunks: RecordChunks, settings: EvaluationSettings, opened: OpenedModel
  ) throws {
    let isMeasured = records.enumerated().map { place, record in
      settings.generationInterval != 0 && !record.generationPrompts.isEmpty
        && (Int(record.fact.id) ?? place) % settings.generationInterval == 0
    }
    guard isMeasured.contains(true) else { return nil }
    let file = settings.dataDirectory.appendingPathComponent(AttributeSnippets.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EvaluationError.missingFile(
        file.path, purpose: "the texts that generated text is compared with",
        remedy:
          "put it there, or leave these texts out with --generation_test_interval 0, or all generation with "
          + "--skip_generation_tests")
    }
    let snippets = try AttributeSnippets(contentsOf: file)
    var hashes: [JSONObject.Member] = [(JSONString(file.lastPathComponent), try Self.hash(file))]
    let vocabulary = settings.dataDirectory.appendingPathComponent(TermWeights.vocabularyFileName)
    let idf = settings.dataDirectory.appendingPathComponent(TermWeights.idfFileName)
    let weights: TermWeights
    if [vocabulary, idf].allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) {
      weights = try TermWeights(vocabulary: vocabulary, idf: idf)
      for file in [vocabulary, idf] {
        hashes.append((JSONString(file.lastPathComponent), try Self.hash(file)))
      }
    } else {
      weights = TermWeights(fittedTo: snippets.texts)
    }
    dependencies = [
      "generation_test_interval": JSON(settings.generationInterval), "files": .object(JSONObject(hashes)),
    ]
    self.chunks = chunks
    memory = settings.memory.bytes
    evaluators = try chunks.ranges.map { range in
      let places = range.filter { isMeasured[$0] }
      let evaluator = try TextEvaluator(
        places.map { records[$0] }, snippets: snippets, weights: weights, tokenizer: opened.tokenizer,
        seed: settings.seed, asPublished: settings.asPublished)
      return (places.map { $0 - range.lowerBound }, evaluator)
    }
  }

  private static func hash(_ file: URL) throws -> JSON { JSON(try ContentHash(ofFile: file).hex) }

  func measure(chunk: Int, of model: any LanguageModel) throws -> [JSONObject] {
    let (places, evaluator) = evaluators[chunk]
    var members = Array(repeating: JSONObject(), count: chunks.ranges[chunk].count)
    for (place, metrics) in zip(places, try evaluator.measure(model, memory: memory)) {
      members[place] = metrics.json.object ?? JSONObject()
    }
    return members
  }
}
