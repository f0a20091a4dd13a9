import Torch

/// How long texts are to be and how their tokens are chosen.
public struct GenerationOptions: Sendable, Equatable {
  /// Where a text ends at the latest. The number of positions of the model ends it too.
  public enum Limit: Sendable, Equatable {
    /// After this many tokens behind the prompt.
    case newTokens(Int)
    /// When prompt and continuation have this many tokens together.
    case totalTokens(Int)
  }

  /// Where a text ends at the latest.
  public var limit: Limit
  /// How tokens are chosen.
  public var sampling: Sampling
  /// Tokens that end a text.
  public var stopTokens: Set<Int>

  /// Texts up to a limit or a stop token.
  public init(limit: Limit, sampling: Sampling = .greedy, stopTokens: Set<Int> = []) {
    self.limit = limit
    self.sampling = sampling
    self.stopTokens = stopTokens
  }

  func continuation(ofPrompt length: Int, positions: Int) -> Int {
    switch limit {
    case .newTokens(let count): min(count, positions - length)
    case .totalTokens(let count): min(count, positions) - length
    }
  }
}

/// How a model continued a prompt.
public struct Generation: Sendable, Equatable {
  /// The tokens behind the prompt, without the stop token.
  public var ids: [Int] = []
  /// Whether a stop token ended the text.
  public var endsWithStopToken = false
}

extension LanguageModel {
  /// Continues prompts, all at once, keeping keys and values of what has been read.
  ///
  /// - Parameters:
  ///   - prompts: token ids, of any lengths. Their keys and values take memory together.
  ///   - seeds: what the draws of each prompt depend on; those that follow from `options.sampling.seed` where nil.
  ///   - onToken: called with the number of a prompt and each of its new tokens as it is chosen.
  ///   - isComplete: whether a prompt's continuation, given by its tokens so far, needs no more of them.
  ///   - onPrompts: called once, with the numbers of the prompts that are continued and the logits [prompts, V] behind them.
  /// - Returns: one continuation a prompt.
  /// - Throws: ``LanguageModelError``.
  public func generate(
    _ prompts: [[Int]], _ options: GenerationOptions, seeds: [UInt64]? = nil,
    onToken: ((_ prompt: Int, _ id: Int) throws -> Void)? = nil,
    isComplete: ((_ prompt: Int, _ ids: [Int]) throws -> Bool)? = nil,
    onPrompts: ((_ prompts: [Int], _ logits: Tensor) throws -> Void)? = nil
  ) throws -> [Generation] {
    try check(prompts)
    let sampler = try Sampler(options.sampling, rows: prompts.count, seeds: seeds)
    var results = prompts.map { _ in Generation() }
    var left = prompts.map { options.continuation(ofPrompt: $0.count, positions: maximumPositions) }
    // The caller's rows that still grow, in packed order.
    var rows = prompts.indices.filter { left[$0] > 0 }
    guard !rows.isEmpty else { return results }
    try Autograd.withoutGradients {
      let tokens = try PackedTokens(rows.map { prompts[$0] }, device: device)
      let lastTokens = tokens.order.map { tokens.start(ofRow: $0) + tokens.sequences[$0].count - 1 }
      rows = tokens.order.map { [rows] in rows[$0] }
      var pass = try ForwardPass(tokens, of: self, recordsKeyValues: true)
      pass.restrictOutput(ofBlock: blockCount - 1, to: try Tensor(lastTokens, device: device))
      var ids = tokens.ids
      var onFirst = onPrompts
      while true {
        let hidden = try run(0..<blockCount, embed(ids, positions: pass.positions), pass)
        let logits = try head(finalNorm(hidden))
        try onFirst?(rows, logits)
        onFirst = nil
        let next = try sampler.next(logits, rows: rows)
        for (row, id) in zip(rows, next) {
          left[row] -= 1
          results[row].endsWithStopToken = options.stopTokens.contains(id)
          if results[row].endsWithStopToken { continue }
          results[row].ids.append(id)
          try onToken?(row, id)
          if try isComplete?(row, results[row].ids) ?? false { left[row] = 0 }
        }
        let going = rows.indices.filter { left[rows[$0]] > 0 && !results[rows[$0]].endsWithStopToken }
        if going.isEmpty { return }
        let groups = try pass.nextTokenGroups(of: going)
        pass = try ForwardPass(groups: groups, device: device, dtype: dtype, recordsKeyValues: true)
        ids = try Tensor(going.map { next[$0] }, device: device)
        rows = going.map { [rows] in rows[$0] }
      }
    }
    return results
  }
}

extension ForwardPass {
  /// Groups of one token a row behind those of this pass, for the packed rows named, in ascending order.
  fileprivate func nextTokenGroups(of rows: [Int]) throws -> [RowGroup] {
    var first = 0
    return try zip(groups, recorded).compactMap { group, past in
      defer { first += group.rows }
      let kept = rows.filter { first..<first + group.rows ~= $0 }.map { $0 - first }
      return kept.isEmpty
        ? nil : RowGroup(rows: kept.count, length: 1, past: try past.selectingRows(kept))
    }
  }
}
