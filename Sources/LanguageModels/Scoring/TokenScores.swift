import Torch

/// A question to a model: how likely is `id` behind the first tokens of a sequence?
public struct TokenQuery: Sendable, Equatable {
  /// The sequence.
  public var row: Int
  /// The place of the last token that is given: the question is about the token at `position + 1`.
  public var position: Int
  /// The token asked about.
  public var id: Int

  /// Asks for log p(`id` | tokens 0 … `position` of sequence `row`).
  public init(row: Int, position: Int, id: Int) {
    self.row = row
    self.position = position
    self.id = id
  }
}

/// The answer to a ``TokenQuery``.
public struct TokenScore: Sendable, Equatable {
  /// The natural logarithm of the token's probability.
  public var logProbability: Double
  /// The token that is most likely there.
  public var mostLikely: Int
}

/// How likely a model finds each token of a sequence.
public struct SequenceScore: Sendable, Equatable {
  /// log p of tokens 1, 2, …, each given those before it: one less than there are tokens.
  public var logProbabilities: [Double]
  /// The most likely token behind token 0, behind token 1, …: as many as there are tokens.
  public var mostLikely: [Int]
}

/// How much is computed at once when scoring.
public struct ScoringBudget: Sendable, Equatable {
  /// Tokens in one forward pass; a longer sequence has a pass of its own.
  public var tokens: Int
  /// Bytes of float32 logits at once.
  public var logitBytes: Int

  /// Bounds for one pass.
  public init(tokens: Int = 4096, logitBytes: Int = 128 << 20) {
    self.tokens = tokens
    self.logitBytes = logitBytes
  }
}

extension LanguageModel {
  /// Scores every token of sequences.
  public func scores(of sequences: [[Int]], budget: ScoringBudget = ScoringBudget()) throws -> [SequenceScore]
  {
    // Nothing follows the last token; asking about any id there gives the most likely one.
    let queries = sequences.enumerated().flatMap { row, ids in
      ids.indices.map { TokenQuery(row: row, position: $0, id: $0 + 1 < ids.count ? ids[$0 + 1] : 0) }
    }
    var answers = try scores(of: queries, in: sequences, budget: budget)[...]
    return sequences.map { ids in
      defer { answers = answers.dropFirst(ids.count) }
      let own = answers.prefix(ids.count)
      return SequenceScore(
        logProbabilities: own.dropLast().map(\.logProbability), mostLikely: own.map(\.mostLikely))
    }
  }

  /// Answers questions about sequences, computing logits where they are asked for only.
  ///
  /// No token is read behind the last one that is asked about, what sequences have in common at their beginnings is
  /// read once, and sequences of like length share passes, within `budget`. Log-probabilities are computed in
  /// float32.
  ///
  /// - Returns: one answer a query, in order.
  /// - Throws: ``LanguageModelError``, where a query points outside of its sequence or the vocabulary, too.
  public func scores(
    of queries: [TokenQuery], in sequences: [[Int]], budget: ScoringBudget = ScoringBudget()
  ) throws -> [TokenScore] {
    try check(sequences)
    for query in queries {
      guard sequences.indices.contains(query.row), sequences[query.row].indices.contains(query.position),
        0..<vocabularySize ~= query.id
      else {
        throw LanguageModelError.invalidPass(
          "a question about row \(query.row), position \(query.position), id \(query.id) points outside of the "
            + "\(sequences.count) sequences or the vocabulary of \(vocabularySize).")
      }
    }
    var answers = queries.map { _ in TokenScore(logProbability: 0, mostLikely: 0) }
    let batches = ScoringBatch.batches(of: queries, in: sequences, tokenLimit: budget.tokens)
    try Autograd.withoutGradients {
      for batch in batches {
        for (hidden, asked) in try batch.states(in: self) {
          try answer(queries, asked, hidden, budget.logitBytes, &answers)
        }
      }
    }
    return answers
  }

  /// Answers the queries numbered `asked[i]` from the last block's output `hidden[i]`.
  private func answer(
    _ queries: [TokenQuery], _ asked: [[Int]], _ hidden: Tensor, _ logitBytes: Int,
    _ answers: inout [TokenScore]
  ) throws {
    let chunk = max(1, logitBytes / (DType.float32.byteCount * vocabularySize))
    for start in stride(from: 0, to: asked.count, by: chunk) {
      let range = start..<min(start + chunk, asked.count)
      let logits = try head(finalNorm(hidden.narrow(0, range))).to(.float32)
      let normalizer = try logits.logSumExp(1).array(Double.self)
      let mostLikely = try logits.argmax(1).array(Int.self)
      guard normalizer.allSatisfy(\.isFinite) else { throw LanguageModelError.nonFiniteLogits }
      let places = range.enumerated().flatMap { row, index in asked[index].map { (query: $0, row: row) } }
      let indices = places.map { $0.row * vocabularySize + queries[$0.query].id }
      let logit = try logits.view(-1).indexSelect(0, Tensor(indices, device: device)).array(Double.self)
      for ((query, row), value) in zip(places, logit) {
        answers[query] = TokenScore(
          logProbability: value - normalizer[row], mostLikely: mostLikely[row])
      }
    }
  }
}
