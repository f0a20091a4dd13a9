import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization

/// Measures what a model can do besides knowing facts, any number of times: before edits and as they go on.
///
/// ```swift
/// let evaluator = try AbilityEvaluator(
///   directory: data.appendingPathComponent("ability"), tokenizer: tokenizer,
///   maximumPositions: model.maximumPositions)
/// let before = try evaluator.measure(model)
/// before.tasks.first?.probability.accuracy
/// ```
///
/// Each record is answered in two ways: by the likelier of the candidate answers and by what the model writes, five
/// tokens chosen greedily. Nothing is drawn by chance: the first ten records of a file serve as examples, those
/// behind them as questions.
///
/// What changes the published evaluation's numbers is put right, and brought back by `asPublished`:
/// - There RTE's labels are inverted: “True” is expected where the text does not entail the hypothesis.
/// - No space follows “Review :” in SST's question, though one does in its examples.
/// - CoLA's prompt ends with a space, so its answers are scored behind two.
/// - An answer is found in what the model writes wherever its letters are: “no” in “know”, MMLU's “a” in any word that ends a
///   line with it. Here it is a whole word, and MMLU's letter the first one.
///
/// The room for examples follows from the model's own positions, where the published one has a table of paths. A question that
/// is longer than these even without examples is left out and counted; there it would end the evaluation.
public struct AbilityEvaluator: Sendable {
  private struct Test: Sendable {
    let form: AbilityForm
    var questions: [AbilityQuestion] = []
    var leftOut = 0
  }

  /// How many records at the beginning of each file are kept for examples.
  public static let exampleRecords = 10
  /// How many records of each task the published experiment asks about.
  public static let publishedCount = 100

  private let tests: [Test]
  private let tokenizer: Tokenizer

  /// How many tokens of prompts are continued together.
  private static let batchTokens = 4096

  /// Reads the files of tasks and puts their prompts into tokens.
  ///
  /// - Parameters:
  ///   - directory: holds a file for each task, see ``AbilityTask/fileName``.
  ///   - tasks: what to test; tested in the published order, whatever theirs.
  ///   - count: how many records to ask about; fewer where a file has not as many.
  ///   - fewShots: how many examples go before each question, at most ``exampleRecords``; as many as leave room for
  ///     the question and its answer.
  ///   - maximumPositions: the longest sequence that the model can read.
  ///   - asPublished: whether to repeat the published evaluation's faults.
  /// - Throws: ``AbilityError``.
  public init(
    directory: URL, tasks: [AbilityTask] = AbilityTask.allCases, count: Int = publishedCount,
    fewShots: Int = 0,
    tokenizer: Tokenizer, maximumPositions: Int, asPublished: Bool = false
  ) throws(AbilityError) {
    guard count >= 1 else {
      throw .invalidSetting("the number of questions a task is \(count); it must be at least 1")
    }
    guard (0...Self.exampleRecords).contains(fewShots) else {
      throw .invalidSetting(
        "the number of examples is \(fewShots); it must be from 0 to \(Self.exampleRecords), since so "
          + "many records of each file are kept for them")
    }
    self.tokenizer = tokenizer
    var tests: [Test] = []
    for task in AbilityTask.allCases where tasks.contains(task) {
      let file = directory.appendingPathComponent(task.fileName)
      let records = try Self.records(file, task, limit: Self.exampleRecords + min(count, Int.max / 2))
      var test = Test(form: AbilityForm(task: task, asPublished: asPublished))
      for (index, record) in records.enumerated().dropFirst(Self.exampleRecords) {
        do throws(AbilityRecordFault) {
          let question = try AbilityQuestion(
            record, form: test.form, examples: records.prefix(fewShots), tokenizer: tokenizer,
            maximumPositions: maximumPositions)
          if let question { test.questions.append(question) } else { test.leftOut += 1 }
        } catch {
          throw .record(file: file.path, number: index + 1, fault: error)
        }
      }
      tests.append(test)
    }
    self.tests = tests
  }

  private static func records(
    _ file: URL, _ task: AbilityTask, limit: Int
  ) throws(AbilityError) -> [AbilityRecord] {
    let bytes: Data
    do { bytes = try Data(contentsOf: file) } catch {
      throw .unreadable(file: file.path, reason: error.localizedDescription)
    }
    let document: JSON
    do { document = try JSON.parse(bytes, duplicateKeys: .keepLast, loneSurrogates: .replace) } catch {
      throw .notRecords(file: file.path, reason: "line \(error.line), byte \(error.offset): \(error.reason)")
    }
    guard let elements = document.array else {
      throw .notRecords(file: file.path, reason: "expected a list of records, found \(document.kind)")
    }
    guard elements.count > exampleRecords else {
      throw .tooFewRecords(file: file.path, found: elements.count, needed: exampleRecords + 1)
    }
    var records: [AbilityRecord] = []
    for (index, element) in elements.prefix(limit).enumerated() {
      do throws(AbilityRecordFault) { records.append(try AbilityRecord(element, task)) } catch {
        throw .record(file: file.path, number: index + 1, fault: error)
      }
    }
    return records
  }

  /// How many questions are asked.
  public var questionCount: Int { tests.reduce(0) { $0 + $1.questions.count } }

  /// Puts the tests to a model.
  ///
  /// Prompts of like length share forward passes, and each is read once where all candidates have one token. Log-likelihoods
  /// are computed in float32.
  ///
  /// - Throws: `LanguageModelError`, `TokenizerError` or `TorchError`.
  public func measure(_ model: any LanguageModel, progress: ProgressHandler? = nil) throws -> AbilityResult {
    var meter = ProgressMeter(
      phase: "General ability", unit: "questions", total: questionCount, handler: progress)
    var done = 0
    return AbilityResult(
      tasks: try tests.map { test in
        let clock = ContinuousClock()
        let start = clock.now
        let answers = try answers(of: model, to: test) { count in
          done += count
          meter.report(done, detail: test.form.task.title)
        }
        return AbilityTaskResult(
          form: test.form, answers: answers, leftOut: test.leftOut,
          seconds: start.duration(to: clock.now) / .seconds(1))
      })
  }

  /// The numbers of prompts, those of like length together.
  private static func batches(of prompts: [[Int]]) -> [[Int]] {
    var batches: [[Int]] = []
    var tokens = 0
    for index in prompts.indices.sorted(by: { (prompts[$0].count, $0) < (prompts[$1].count, $1) }) {
      tokens += prompts[index].count
      if batches.isEmpty || tokens > batchTokens {
        batches.append([])
        tokens = prompts[index].count
      }
      batches[batches.count - 1].append(index)
    }
    return batches
  }

  private func answers(
    of model: any LanguageModel, to test: Test, _ report: (Int) -> Void
  ) throws -> [AbilityAnswer] {
    let options = GenerationOptions(
      limit: .newTokens(AbilityQuestion.answerTokens), stopTokens: Set([tokenizer.eosID].compactMap { $0 }))
    let prompts = test.questions.map(\.prompt)
    var answers: [Int: AbilityAnswer] = [:]
    for batch in Self.batches(of: prompts) {
      let questions = batch.map { test.questions[$0] }
      try model.check(questions.flatMap(\.candidates))
      var scores: [Int: [Double]] = [:]
      let written = try model.generate(
        questions.map(\.prompt), options,
        onPrompts: { rows, logits in
          let found = try AbilityQuestion.scores(rows.map { questions[$0] }, logits)
          for (row, values) in zip(rows, found) { scores[row] = values }
        })
      try askSeparately(questions, of: model, &scores)
      for (place, index) in batch.enumerated() {
        let continuation = try tokenizer.decode(written[place].ids, skippingSpecialTokens: true)
        answers[index] = AbilityAnswer(
          questions[place], test.form, logLikelihoods: scores[place] ?? [], continuation: continuation)
      }
      report(batch.count)
    }
    return test.questions.indices.compactMap { answers[$0] }
  }

  /// Scores the candidates of the questions that have no scores yet: those with candidates of several tokens.
  private func askSeparately(
    _ questions: [AbilityQuestion], of model: any LanguageModel, _ scores: inout [Int: [Double]]
  ) throws {
    let left = questions.indices.filter { scores[$0] == nil }
    var queries: [TokenQuery] = []
    var sequences: [[Int]] = []
    for place in left { questions[place].ask(&queries, in: &sequences) }
    var answers = try model.scores(of: queries, in: sequences)[...]
    for place in left { scores[place] = questions[place].scores(&answers) }
  }
}
