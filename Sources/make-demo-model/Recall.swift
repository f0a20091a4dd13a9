import LanguageModels
import MadeUpWorld
import Tokenization

/// How much of its world a model knows.
struct Recall {
  private let model: any LanguageModel
  private let tokenizer: Tokenizer

  init(_ model: any LanguageModel, _ tokenizer: Tokenizer) {
    self.model = model
    self.tokenizer = tokenizer
  }

  /// The share of prompts whose target is the most likely continuation, token by token, given the target's
  /// earlier tokens.
  func share(of questions: [(prompt: String, target: String)]) throws -> Double {
    var sequences: [[Int]] = []
    var queries: [TokenQuery] = []
    for (row, question) in questions.enumerated() {
      let prompt = try tokenizer.encode(question.prompt).ids
      let target = try tokenizer.encode(" " + question.target, addingSpecialTokens: false).ids
      sequences.append(prompt + target)
      queries += target.enumerated().map { TokenQuery(row: row, position: prompt.count - 1 + $0, id: $1) }
    }
    var missed: Set<Int> = []
    for (query, score) in zip(queries, try model.scores(of: queries, in: sequences))
    where score.mostLikely != query.id {
      missed.insert(query.row)
    }
    return 1 - Double(missed.count) / Double(max(1, questions.count))
  }
}

extension World {
  /// Every fact as a question, in the words of the edit prompt or of one of the other templates.
  func questions(template: Int) -> [(prompt: String, target: String)] {
    facts.compactMap { fact in
      let templates = relations[fact.relation].templates
      guard templates.indices.contains(template), let value = value(of: fact) else { return nil }
      return (templates[template].replacing("{}", with: subjects[fact.subject].name), value)
    }
  }
}

extension [Record] {
  /// The prompts at `key` with the true target.
  func questions(_ prompts: (Record) -> [String]) -> [(prompt: String, target: String)] {
    flatMap { record in prompts(record).map { ($0, record.trueTarget.text) } }
  }
}
