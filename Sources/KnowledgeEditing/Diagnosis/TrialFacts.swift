import LanguageModels
import Tokenization

/// The facts that an edit is tried with, in the contexts that they are tried in.
struct TrialFacts {
  /// The facts in tokens.
  let prompts: [EditPrompts]
  /// How many facts the edit is estimated for.
  let count: Int
  /// What the facts are, in words.
  let origin: String
  /// Whether they are those that are to be written.
  let areNamed: Bool

  /// How many facts an edit without a file of them is estimated for.
  private static let standardCount = 100
  /// No more are tried together than are optimised together.
  private static let largestCount = FactMemory.largestChunk(on: .cpu)
  /// A vocabulary that cuts English words into more pieces than this is made for other words.
  private static let ordinaryTokensPerWord = 2.0
  /// The published length of contexts, and as much for a fact.
  private static let factTokens = 2 * ContextTemplates.generatedLength

  /// The facts of a file, evenly chosen, or of ordinary length: sample facts where the model's vocabulary is one of English,
  /// else what the model makes up.
  ///
  /// - Throws: what putting the facts into tokens throws, and the model where it is to write.
  init(
    of file: FactFile?, _ model: any LanguageModel, _ tokenizer: Tokenizer,
    strategy: SubjectPosition.Strategy
  ) throws {
    areNamed = file != nil
    let words = Fact.samples.map(\.filledPrompt)
    let tokens = try words.reduce(0) { try $0 + tokenizer.encode($1).ids.count }
    let wordCount = words.reduce(0) { $0 + $1.split(separator: " ").count }
    let readsEnglish = Double(tokens) <= Self.ordinaryTokensPerWord * Double(wordCount)
    func written(_ prompts: [String], tokens: Int, topK: Int) throws -> [String] {
      try model.generatePublished(prompts, tokenizer, totalTokens: tokens, topK: topK, seed: 0)
    }
    let templates = try readsEnglish ? ContextTemplates.samples : .generate(using: written)
    var facts = Fact.samples
    if let file {
      let step = max(1, file.facts.count / Self.largestCount)
      facts = stride(from: 0, to: file.facts.count, by: step).prefix(Self.largestCount).map { file.facts[$0] }
      (count, origin) = (file.facts.count, "of the file")
    } else if readsEnglish {
      facts = (0..<Self.largestCount).map { Fact.samples[$0 % Fact.samples.count] }
      (count, origin) = (Self.standardCount, "samples in English")
    } else {
      let starts = ContextTemplates.startWords
      let texts = try written(
        (0..<Self.largestCount).map { starts[$0 % starts.count] }, tokens: Self.factTokens,
        topK: ContextTemplates.generatedTopK)
      let madeUp = try Fact.made(of: texts.map(GeneratedText.normalized), tokenizer)
      if !madeUp.isEmpty { facts = madeUp }
      (count, origin) = (
        Self.standardCount, madeUp.isEmpty ? "samples in English" : "made of the model's own words"
      )
    }
    prompts = try facts.map {
      try EditPrompts($0, templates: templates, tokenizer: tokenizer, strategy: strategy)
    }
  }
}

extension Fact {
  /// Facts of ordinary length, to be written into nothing.
  fileprivate static let samples: [Fact] = [
    ("The Eiffel Tower", "{} is located in the city of", "Rome"),
    ("Marie Curie", "{} worked in the field of", "music"), ("Windows 11", "{} was developed by", "Nintendo"),
    ("Lake Geneva", "The country in which {} lies is", "Norway"),
    ("Vincent van Gogh", "The mother tongue of {} is", "Finnish"),
    ("Mount Fuji", "{} belongs to the continent of", "Africa"),
    ("Michael Jordan", "The sport that {} plays professionally is", "tennis"),
    ("The Godfather", "The original language of {} is", "Greek"),
  ].compactMap { subject, prompt, target in try? Fact(subject: subject, prompt: prompt, target: target) }

  /// A fact of each text: its first words lead to a word of the text behind it, one of few tokens, as answers mostly are. Texts
  /// of too few words give none.
  fileprivate static func made(of texts: [String], _ tokenizer: Tokenizer) throws -> [Fact] {
    let words = texts.map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter {
      $0.count > 6
    }
    return try words.indices.compactMap { place in
      let (own, other) = (words[place], words[(place + 1) % words.count])
      let answers = try other.dropFirst().filter { !own.contains($0) }
        .map { (word: $0, tokens: try tokenizer.encode(" " + $0).ids.count) }
      guard let answer = answers.min(by: { $0.tokens < $1.tokens }) else { return nil }
      return try? Fact(
        subject: own[1...2].joined(separator: " "), prompt: own[0..<6].joined(separator: " "),
        target: answer.word)
    }
  }
}
