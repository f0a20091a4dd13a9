import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// CounterFact's metrics as their definition is read: record by record, each prompt with either target in one
/// padded batch, logits and log-probabilities of the whole vocabulary at all positions.
///
/// It is what `alphaedit bench` compares with. It is kinder than the published code, which takes a log-softmax for
/// each token of a target.
struct StraightforwardEvaluator {
  private let records: [[TwoAnswerQuestion]]

  init(_ records: [CounterFactRecord], tokenizer: Tokenizer) throws(EvaluationError) {
    var asked: [[TwoAnswerQuestion]] = []
    for record in records {
      var questions: [TwoAnswerQuestion] = []
      let prompts = [record.fact.filledPrompt] + record.paraphrasePrompts + record.neighborhoodPrompts
      for (index, prompt) in prompts.enumerated() {
        let isNeighbor = index > record.paraphrasePrompts.count
        do {
          questions.append(
            try TwoAnswerQuestion(
              prompt, new: record.fact.target, former: record.targetTrue, wanted: isNeighbor ? .former : .new,
              tokenizer: tokenizer))
        } catch {
          throw .unusablePrompt(place: record.place, prompt: prompt, reason: "\(error)")
        }
      }
      asked.append(questions)
    }
    self.records = asked
  }

  /// How many different beginnings the texts have that must be read, and behind how many of them something is asked.
  var differentTokens: (read: Int, asked: Int) {
    var (read, asked): (Set<[Int]>, Set<[Int]>) = ([], [])
    for question in records.joined() {
      for answer in [question.new, question.former] {
        let text = question.prompt + answer.dropLast()
        for length in 1...text.count { read.insert(Array(text.prefix(length))) }
        for length in question.prompt.count...text.count { asked.insert(Array(text.prefix(length))) }
      }
    }
    return (read.count, asked.count)
  }

  /// The scores of each record's prompts, in order.
  func measure(_ model: any LanguageModel) throws -> [[PromptScore]] {
    try Autograd.withoutGradients { try records.map { try measure($0, model) } }
  }

  private func measure(_ questions: [TwoAnswerQuestion], _ model: any LanguageModel) throws -> [PromptScore] {
    let sequences = questions.flatMap { [$0.prompt + $0.new, $0.prompt + $0.former] }
    let length = sequences.map(\.count).max() ?? 0
    let padded = sequences.map { $0 + Array(repeating: 0, count: length - $0.count) }
    let tokens = try PackedTokens(padded, device: model.device)
    let logProbabilities = try model.logits(tokens).to(.float32).logSoftmax()
    let mostLikely = try logProbabilities.argmax(1).array(Int.self)
    func score(_ row: Int, _ prompt: [Int], _ answer: [Int]) throws -> (loss: Double, isCorrect: Bool) {
      let first = tokens.start(ofRow: row) + prompt.count - 1
      let places = Array(first..<first + answer.count)
      let chosen = try logProbabilities.indexSelect(0, Tensor(places, device: model.device))
        .gather(1, Tensor(answer, shape: [answer.count, 1], device: model.device))
      return (try -chosen.mean().item(), zip(places, answer).allSatisfy { mostLikely[$0] == $1 })
    }
    return try questions.enumerated().map { index, question in
      let new = try score(2 * index, question.prompt, question.new)
      let former = try score(2 * index + 1, question.prompt, question.former)
      return PromptScore(
        targetNew: new.loss, targetTrue: former.loss,
        isCorrect: question.wanted == .new ? new.isCorrect : former.isCorrect)
    }
  }
}
