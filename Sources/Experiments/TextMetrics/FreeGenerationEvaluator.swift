import KnowledgeEditing
import LanguageModels
import Tokenization

/// Measures whether a model says the targets of records when it continues their prompts greedily, any number of
/// times.
///
/// The model writes the target's number of tokens and a few more at most, and stops as soon as the text has shown
/// whether it is the target; see ``FreeContinuation``.
public struct FreeGenerationEvaluator {
  private struct Question {
    let place: String
    let text: String
    let ids: [Int]
    let target: String
    let tokenLimit: Int
  }

  private let tokenizer: Tokenizer
  private let questions: [Question]
  /// For each record, how many of the questions are the fact's own and how many paraphrases.
  private let counts: [(rewrite: Int, paraphrase: Int)]

  /// How many tokens the model may write beyond the target's: it may spell it with more of them, and the one behind
  /// it shows that the word ends.
  private static let tokensBeyondTarget = 3

  /// Puts the prompts of `records` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(_ records: [CounterFactRecord], tokenizer: Tokenizer) throws(EvaluationError) {
    try self.init(records.map { ($0.place, $0.fact, $0.paraphrasePrompts) }, tokenizer)
  }

  /// Puts the questions of `records` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(_ records: [ZsRERecord], tokenizer: Tokenizer) throws(EvaluationError) {
    try self.init(records.map { ($0.place, $0.fact, $0.paraphrasePrompts) }, tokenizer)
  }

  /// Puts the prompts of `facts` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(_ facts: [Fact], tokenizer: Tokenizer) throws(EvaluationError) {
    try self.init(facts.map { ($0.source.map(\.description) ?? "fact \($0.id)", $0, []) }, tokenizer)
  }

  private init(
    _ records: [(place: String, fact: Fact, paraphrases: [String])], _ tokenizer: Tokenizer
  ) throws(EvaluationError) {
    var questions: [Question] = []
    for (place, fact, paraphrases) in records {
      for prompt in [fact.filledPrompt] + paraphrases {
        do {
          let ids = try tokenizer.promptIDs(prompt)
          let count = try tokenizer.answerIDs(fact.target, after: prompt, ids).count
          questions.append(
            Question(
              place: place, text: prompt, ids: ids, target: fact.target,
              tokenLimit: count + Self.tokensBeyondTarget))
        } catch {
          throw .unusablePrompt(place: place, prompt: prompt, reason: "\(error)")
        }
      }
    }
    self.tokenizer = tokenizer
    self.questions = questions
    counts = records.map { (1, $0.paraphrases.count) }
  }

  /// The metrics of each record, in order.
  ///
  /// - Parameters:
  ///   - memory: bytes for the keys and values of prompts that are continued at once.
  ///   - phase: the name under which progress is reported.
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)`` for a prompt that the model cannot read;
  ///   `LanguageModelError`; `TokenizerError`; `TorchError`.
  public func measure(
    _ model: any LanguageModel, memory: Int = 256 << 20, phase: String = "Free generation",
    progress: ProgressHandler? = nil
  ) throws -> [FreeGenerationMetrics] {
    for question in questions {
      try model.check(
        question.text, length: question.ids.count + 1, largestID: question.ids.max() ?? 0,
        place: question.place)
    }
    var meter = ProgressMeter(phase: phase, unit: "prompts", total: questions.count, handler: progress)
    let stopTokens = Set([tokenizer.eosID].compactMap { $0 })
    let limit = questions.map(\.tokenLimit).max() ?? 0
    let generations = try model.generate(
      questions.map(\.ids), GenerationOptions(limit: .newTokens(limit), stopTokens: stopTokens),
      seeds: questions.map { _ in 0 }, memory: memory,
      isComplete: { try judge(questions[$0], $1) != nil }, onBatch: { meter.report($0) })

    var continuations = try zip(questions, generations).map { question, generation in
      FreeContinuation(
        text: try tokenizer.continuation(generation.ids, of: question.ids),
        saysTarget: try judge(question, generation.ids, isEnd: true) ?? false)
    }[...]
    func next(_ count: Int) -> [FreeContinuation] {
      defer { continuations = continuations.dropFirst(count) }
      return Array(continuations.prefix(count))
    }
    return counts.map { FreeGenerationMetrics(rewrite: next($0.rewrite), paraphrase: next($0.paraphrase)) }
  }

  /// Whether the tokens say the target; nil while more of them could tell.
  private func judge(_ question: Question, _ ids: [Int], isEnd: Bool = false) throws -> Bool? {
    FreeContinuation.says(
      question.target, try tokenizer.continuation(ids, of: question.ids),
      isEnd: isEnd || ids.count >= question.tokenLimit)
  }
}
