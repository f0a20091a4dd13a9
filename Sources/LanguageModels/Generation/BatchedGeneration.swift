import Torch

extension LanguageModel {
  /// Continues any number of prompts, as many at once as their keys and values may take memory, prompts of like
  /// length together.
  ///
  /// - Parameters:
  ///   - seeds: what the draws of each prompt depend on, so that a text does not depend on the others.
  ///   - memory: bytes for keys and values; a single prompt may take more.
  ///   - isComplete: whether a prompt's continuation needs no more tokens.
  ///   - onBatch: called after each batch with how many prompts are done.
  /// - Returns: one continuation a prompt, in the prompts' order.
  /// - Throws: ``LanguageModelError``.
  public func generate(
    _ prompts: [[Int]], _ options: GenerationOptions, seeds: [UInt64], memory: Int,
    isComplete: ((_ prompt: Int, _ ids: [Int]) throws -> Bool)? = nil,
    onBatch: (_ done: Int) -> Void = { _ in }
  ) throws -> [Generation] {
    guard seeds.count == prompts.count else {
      throw LanguageModelError.sampling("there are \(seeds.count) seeds for \(prompts.count) prompts.")
    }
    var results = prompts.map { _ in Generation() }
    let order = prompts.indices.sorted { (prompts[$0].count, $0) < (prompts[$1].count, $1) }
    var done = 0
    while done < order.count {
      var batch: [Int] = []
      var tokens = 0
      for prompt in order[done...] {
        let length = prompts[prompt].count
        let needed = length + max(0, options.continuation(ofPrompt: length, positions: maximumPositions))
        if !batch.isEmpty, tokens + needed > memory / bytesOfCachedToken { break }
        batch.append(prompt)
        tokens += needed
      }
      let generated = try generate(
        batch.map { prompts[$0] }, options, seeds: batch.map { seeds[$0] },
        isComplete: isComplete.map { isComplete in { try isComplete(batch[$0], $1) } })
      for (prompt, generation) in zip(batch, generated) { results[prompt] = generation }
      done += batch.count
      onBatch(done)
    }
    return results
  }

  /// A bound on the bytes that one token's keys and values take, twice over, since they are copied to be extended.
  private var bytesOfCachedToken: Int { 2 * 2 * blockCount * width * dtype.byteCount }
}
