import LanguageModels
import Tokenization

/// How likely a model finds the tokens of a text behind a prompt.
public struct TargetScore: Sendable, Equatable {
  /// The natural logarithm of each token's probability, given the prompt and the tokens before it.
  public var logProbabilities: [Double]
  /// Whether each of the tokens is the model's most likely one.
  public var isMostLikely: Bool

  /// The mean of ``logProbabilities``, by which texts of different lengths are compared, as published.
  public var meanLogProbability: Double {
    logProbabilities.reduce(0, +) / Double(max(1, logProbabilities.count))
  }
}

/// What a model makes of a fact.
public struct FactMeasure: Sendable, Equatable {
  /// The new target.
  public var target: TargetScore
  /// What was true before, where the file says it and the model has tokens for it.
  public var former: TargetScore?

  /// Whether the model says the target: each of its tokens is the most likely one, and the target is likelier than
  /// what was true before.
  public var isSaid: Bool {
    target.isMostLikely && former.map { target.meanLogProbability > $0.meanLogProbability } ?? true
  }
}

/// Asks a model for facts, at their bare prompts, with teacher forcing.
package struct FactProbe {
  private struct Question {
    /// The prompt and all ids of the answer but the last.
    let ids: [Int]
    let answer: [Int]

    init?(_ prompt: EditPrompts) {
      guard let bare = prompt.rewriting.first else { return nil }
      ids = bare.ids
      answer = prompt.targetIDs
    }

    var queries: [(position: Int, id: Int)] {
      answer.enumerated().map { (ids.count - answer.count + $0, $1) }
    }
  }

  private let questions: [(target: Question, former: Question?)]

  /// Questions about facts in tokens.
  package init(_ prompts: [EditPrompts], tokenizer: Tokenizer) {
    questions = prompts.compactMap { prompt in
      Question(prompt).map { ($0, Self.former(of: prompt.fact, tokenizer)) }
    }
  }

  private static func former(of fact: Fact, _ tokenizer: Tokenizer) -> Question? {
    guard let answer = fact.targetTrue,
      let former = try? Fact(subject: fact.subject, prompt: fact.prompt, target: answer),
      let prompt = try? EditPrompts(former, templates: .bare, tokenizer: tokenizer)
    else { return nil }
    return Question(prompt)
  }

  /// How many facts are asked for at once, between two reports of progress.
  private static let chunkSize = 64

  /// What `model` makes of each fact, in order.
  package func measure(
    _ model: any LanguageModel, phase: String, progress: ProgressHandler?
  ) throws -> [FactMeasure] {
    var meter = ProgressMeter(phase: phase, unit: "facts", total: questions.count, handler: progress)
    var measures: [FactMeasure] = []
    for start in stride(from: 0, to: questions.count, by: Self.chunkSize) {
      measures += try measure(questions[start..<min(start + Self.chunkSize, questions.count)], model)
      meter.report(measures.count)
    }
    return measures
  }

  private func measure(
    _ questions: ArraySlice<(target: Question, former: Question?)>, _ model: any LanguageModel
  ) throws -> [FactMeasure] {
    let all = questions.flatMap { [$0.target] + ($0.former.map { [$0] } ?? []) }
    let queries = all.enumerated().flatMap { row, question in
      question.queries.map { TokenQuery(row: row, position: $0.position, id: $0.id) }
    }
    var answers = try model.scores(of: queries, in: all.map(\.ids))[...]
    func next(_ question: Question) -> TargetScore {
      defer { answers = answers.dropFirst(question.answer.count) }
      let own = answers.prefix(question.answer.count)
      return TargetScore(
        logProbabilities: own.map(\.logProbability),
        isMostLikely: zip(own, question.answer).allSatisfy { $0.mostLikely == $1 })
    }
    return questions.map { FactMeasure(target: next($0.target), former: $0.former.map(next)) }
  }
}
