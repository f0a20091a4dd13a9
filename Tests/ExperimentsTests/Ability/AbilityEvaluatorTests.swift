import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Testing
import TestSupport

@testable import Experiments

/// Whole tests of ability on small models.
struct AbilityEvaluatorTests {
  private func evaluator(
    _ files: URL, _ small: SmallModel, tasks: [AbilityTask] = AbilityTask.allCases, count: Int = 100,
    fewShots: Int = 0, positions: Int? = nil, asPublished: Bool = false
  ) throws(AbilityError) -> AbilityEvaluator {
    try AbilityEvaluator(
      directory: files, tasks: tasks, count: count, fewShots: fewShots, tokenizer: small.tokenizer,
      maximumPositions: positions ?? small.model.maximumPositions, asPublished: asPublished)
  }

  @Test func `together the questions are answered as one by one`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 17)
    let result = try evaluator(files.url, small).measure(small.model)
    #expect(result.tasks.map(\.task) == AbilityTask.allCases)
    for task in result.tasks {
      try #require(task.answers.count == 7)
      let form = AbilityForm(task: task.task, asPublished: false)
      for (index, answer) in task.answers.enumerated() {
        let record = try AbilityRecord(AbilityFiles.record(task.task, index + 10), task.task)
        #expect(answer.prompt == form.prompt(record, after: []))
        #expect(answer.label == record.label)
        try expectAnswer(answer, form, small)
      }
      #expect(task.generation.total == 7 && task.probability.total == 7)
    }
  }

  /// Asks one question by itself, each candidate in a sequence of its own.
  private func expectAnswer(_ answer: AbilityAnswer, _ form: AbilityForm, _ small: SmallModel) throws {
    let (model, tokenizer) = (small.model, small.tokenizer)
    let prompt = try tokenizer.encode(answer.prompt).ids
    let scores = try form.candidates.map { candidate in
      let ids = try tokenizer.encode("\(answer.prompt) \(candidate.answer)").ids
      try #require(ids.starts(with: prompt))
      let own = try model.scores(of: [ids])[0].logProbabilities.suffix(ids.count - prompt.count)
      return own.reduce(0, +) / Double(own.count)
    }
    #expect(zip(scores, answer.logLikelihoods).allSatisfy { abs($0 - $1) < 1e-4 })
    let stop = Set([tokenizer.eosID].compactMap { $0 })
    let written = try model.generate(
      [prompt], GenerationOptions(limit: .newTokens(5), stopTokens: stop))[0]
    #expect(try answer.continuation == tokenizer.decode(written.ids, skippingSpecialTokens: true))
    #expect(answer.generatedLabel == form.label(saidBy: answer.continuation))
    #expect(answer.likeliestLabel == form.label(likeliestBy: answer.logLikelihoods))
  }

  @Test func `a result does not depend on how often it is measured, and progress counts questions`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 13)
    let evaluator = try evaluator(files.url, small, tasks: [.cola, .sst])
    var updates: [ProgressUpdate] = []
    let first = try evaluator.measure(small.model) { updates.append($0) }
    #expect(first.tasks.map(\.task) == [.sst, .cola])
    #expect(try evaluator.measure(small.model).tasks.map(\.answers) == first.tasks.map(\.answers))
    #expect(updates.last?.done == 6 && updates.last?.total == 6)
    #expect(first[.mmlu] == nil && first.publishedCases(.mmlu) == [])
  }

  @Test func `examples go as far as the positions reach`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 12)
    func prompt(_ shots: Int, positions: Int) throws -> String {
      let evaluator = try evaluator(
        files.url, small, tasks: [.nli], count: 1, fewShots: shots, positions: positions)
      return try #require(evaluator.measure(small.model)[.nli]?.answers.first?.prompt)
    }
    let full = try prompt(2, positions: 256)
    #expect(full.components(separatedBy: "Answer:").count == 4)
    let tokens = try small.tokenizer.encode(full).ids.count
    #expect(try prompt(2, positions: tokens + 5) == full)
    #expect(try prompt(2, positions: tokens + 4).components(separatedBy: "Answer:").count == 3)
    let bare = try small.tokenizer.encode(prompt(0, positions: 256)).ids.count
    #expect(try prompt(10, positions: bare + 5).components(separatedBy: "Answer:").count == 2)
    let short = try evaluator(files.url, small, tasks: [.nli], count: 1, fewShots: 10, positions: bare + 4)
    let result = try short.measure(small.model)
    #expect(result[.nli]?.answers == [] && result[.nli]?.leftOut == 1)
  }

  @Test func `questions beyond the positions are left out, and counted`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 15)
    let all = try evaluator(files.url, small, tasks: [.mmlu, .rte]).measure(small.model)
    #expect(all.warnings == [] && all[.mmlu]?.leftOut == 0)
    let lengths = try #require(all[.mmlu]).answers.map { try small.tokenizer.encode($0.prompt).ids.count }
    let longest = try #require(lengths.max())
    let kept = lengths.count { $0 < longest }
    try #require((1..<lengths.count).contains(kept))
    let some = try evaluator(files.url, small, tasks: [.mmlu, .rte], positions: longest + 4)
    #expect(some.questionCount == kept + 5)
    let result = try some.measure(small.model)
    let shorter = try #require(all[.mmlu]).answers.enumerated().filter { lengths[$0.offset] < longest }.map(
      \.element)
    #expect(result[.mmlu]?.answers.map(\.prompt) == shorter.map(\.prompt))
    #expect(result[.mmlu]?.answers.map(\.continuation) == shorter.map(\.continuation))
    #expect(result[.rte]?.leftOut == 0 && result.json["mmlu"]?["left_out"] == JSON(5 - kept))
    #expect(result.publishedFiles()[0].json["mmmlu"]?["total"] == JSON(kept))
    #expect(
      result.warnings == [
        "MMLU: \(5 - kept) of 5 questions were left out, which are longer than the model's positions"
      ])
  }

  @Test func `the published files have the published names and members`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 14)
    let result = try evaluator(files.url, small, asPublished: true).measure(small.model)
    let base = result.publishedFiles()
    #expect(
      base.map(\.name) == [
        "base_glue.json", "base_sst_gen.json", "base_mmlu_gen.json", "base_mrpc_gen.json",
        "base_cola_gen.json", "base_rte_gen.json", "base_nli_gen.json",
      ])
    #expect(base[0].json["edit_num"] == -1 && base[0].json["case_id"] == nil)
    let edited = result.publishedFiles(editCount: 200, caseIDs: ["100", "101"])
    #expect(edited.map(\.name).first == "case_100_glue.json" && edited[6].name == "case_100_nli_gen.json")
    #expect(result.publishedFiles(caseIDs: ["../x"]).first?.name == "case_.._x_glue.json")
    let glue = edited[0].json
    #expect(
      glue.object?.keys == ["edit_num", "case_id", "sst", "mmmlu", "mrpc", "cola", "rte", "nli"])
    #expect(glue["edit_num"] == 200 && glue["case_id"] == [100, 101])
    let keys = ["correct", "incorrect", "invalid", "total", "f1", "f1_new", "mcc", "time"]
    #expect(glue["rte"]?.object?.keys == keys)
    #expect(glue["mmmlu"]?.object?.keys == keys + ["correct_new", "incorrect_new"])
    let counts = ["correct", "incorrect", "invalid"].compactMap { glue["sst"]?[$0]?.int }
    #expect(counts.count == 3 && counts.reduce(0, +) == 4 && glue["sst"]?["total"] == 4)
    let score = try #require(result[.rte])
    #expect(glue["rte"]?["f1"] == JSON(score.generation.weightedF1))
    #expect(glue["rte"]?["f1_new"] == JSON(score.probability.weightedF1))
    let question = try #require(result.publishedCases(.rte).array?.first)
    #expect(
      question.object?.keys == [
        "sentence1", "sentence2", "input_prompt", "label", "true_answer", "generated_text", "answer",
        "correct", "prob_yes", "prob_no", "highest_probability_answer", "correct_new",
      ])
    let mmlu = try #require(result.publishedCases(.mmlu).array?.first)
    #expect(mmlu["choices"]?.array?.count == 4 && mmlu["true_answer"] == "C" && mmlu["label"] == 2)
    let probability = try #require(mmlu["prob_a"]?.double)
    #expect(abs(probability - exp(try #require(result[.mmlu]?.answers[0].logLikelihoods[0]))) < 1e-12)
  }

  @Test func `our own names say which answers are meant`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 12)
    let json = try evaluator(files.url, small, tasks: [.mmlu]).measure(small.model).json
    #expect(json.object?.keys == ["mmlu"])
    #expect(
      json["mmlu"]?.object?.keys == [
        "task", "questions", "left_out", "generation", "probability", "seconds",
      ])
    #expect(
      json["mmlu"]?["generation"]?.object?.keys == [
        "accuracy", "weighted_f1", "mcc", "correct", "incorrect", "invalid", "total",
      ])
  }

  @Test func `files that cannot be used are named`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 11)
    func error() -> String {
      let error = #expect(throws: AbilityError.self) { try evaluator(files.url, small, tasks: [.rte]) }
      return error.map { "\($0)" } ?? ""
    }
    let file = files.url.appendingPathComponent("rte.json")
    try files.write(JSON((0..<10).map { AbilityFiles.record(.rte, $0) }), .rte)
    #expect(error().contains("rte.json: holds 10 records"))
    try files.write(["label": 1], .rte)
    #expect(error().contains("expected a list of records, found an object"))
    var records = (0..<12).map { AbilityFiles.record(.rte, $0) }
    records[3] = ["sentence1": "x", "label": 1]
    try files.write(JSON(records), .rte)
    #expect(error().contains("rte.json: record 4: has no sentence2"))
    try Data("[\n{]".utf8).write(to: file)
    #expect(error().contains("rte.json: line 2, byte 3"))
    try FileManager.default.removeItem(at: file)
    #expect(error().contains("rte.json: cannot be read"))
  }

  @Test func `counts out of range are refused`() throws {
    let small = try SmallModel()
    let files = try AbilityFiles(count: 11)
    #expect(throws: AbilityError.self) { try evaluator(files.url, small, count: 0) }
    #expect(throws: AbilityError.self) { try evaluator(files.url, small, fewShots: 11) }
    #expect(throws: AbilityError.self) { try evaluator(files.url, small, fewShots: -1) }
    #expect(try evaluator(files.url, small, count: .max).questionCount == 6)
  }

  @Test(.enabled(if: Fixtures.hasAbility, "needs the real model and files in ../shared"))
  func `a real model answers the published questions`() throws {
    let small = try SmallModel(checkpoint: Fixtures.llamaFacts)
    let result = try evaluator(Fixtures.ability, small, count: 8).measure(small.model)
    for task in result.tasks {
      #expect(task.answers.count == 8)
      let perClass = Dictionary(grouping: task.answers, by: \.label).mapValues(\.count)
      #expect(Set(perClass.values).count == 1, "the published files alternate between classes")
      #expect(task.answers.allSatisfy { $0.logLikelihoods.allSatisfy { $0 < 0 && $0.isFinite } })
    }
    let form = AbilityForm(task: .sst, asPublished: false)
    try expectAnswer(try #require(result[.sst]?.answers[3]), form, small)
  }
}

extension Fixtures {
  /// The published tests of ability.
  fileprivate static let ability = SharedFolder.file("data/ability")
  /// A real model.
  fileprivate static let llamaFacts = SharedFolder.file("data/models/llama-facts")

  fileprivate static let hasAbility =
    SharedFolder.has("data/ability") && SharedFolder.has("data/models/llama-facts")
}
