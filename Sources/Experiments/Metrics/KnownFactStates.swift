import KnowledgeEditing
import LanguageModels
import Tokenization
import Torch

/// Looks at the hidden states of facts that a model knows, any number of times: before an edit and after it.
public struct KnownFactStates {
  private struct Row {
    let place: String
    let text: String
    /// The prompt up to the subject's last token; what follows it cannot change its state.
    let ids: [Int]
  }

  private let rows: [Row]

  /// Puts the prompts of `facts` into tokens.
  ///
  /// - Throws: ``EvaluationError/unusablePrompt(place:prompt:reason:)``.
  public init(_ facts: [KnownFact], tokenizer: Tokenizer) throws(EvaluationError) {
    var rows: [Row] = []
    rows.reserveCapacity(facts.count)
    for (index, fact) in facts.enumerated() {
      let place = fact.source.map(\.description) ?? "known fact \(index)"
      do {
        let prompt = try tokenizer.prompt(fact.prompt)
        let position = try SubjectPosition(.subjectLast, of: fact.subject, in: fact.template, prompt: prompt)
        rows.append(Row(place: place, text: fact.prompt, ids: Array(prompt.ids[...position.index])))
      } catch {
        throw .unusablePrompt(place: place, prompt: fact.prompt, reason: "\(error)")
      }
    }
    self.rows = rows
  }

  /// The output of block `layer` at each subject's last token, [facts, d] in float32 on the CPU.
  ///
  /// No block behind it is run, nor any token behind the subject.
  ///
  /// - Parameters:
  ///   - tokenLimit: how many tokens are read at once.
  ///   - phase: the name under which progress is reported.
  /// - Throws: ``EvaluationError``, `LanguageModelError` or `TorchError`.
  public func measure(
    _ model: any LanguageModel, layer: Int, tokenLimit: Int = 4096, phase: String = "Hidden states",
    progress: ProgressHandler? = nil
  ) throws -> Tensor {
    guard 0..<model.blockCount ~= layer else {
      throw EvaluationError.invalidSetting(
        "hidden states of block \(layer) are asked for; the model has blocks 0 to \(model.blockCount - 1)")
    }
    for row in rows {
      try model.check(
        row.text, length: row.ids.count, largestID: row.ids.max() ?? 0, place: row.place)
    }
    var meter = ProgressMeter(phase: phase, unit: "facts", total: rows.count, handler: progress)
    let states = try Tensor.zeros([rows.count, model.width])
    var done = 0
    try Autograd.withoutGradients {
      for batch in batches(tokenLimit) {
        let tokens = try PackedTokens(batch.map { rows[$0].ids }, device: model.device)
        let pass = try ForwardPass(tokens, of: model)
        let last = batch.enumerated().map { tokens.start(ofRow: $0) + rows[$1].ids.count - 1 }
        pass.restrictOutput(ofBlock: layer, to: try Tensor(last, device: model.device))
        let embedded = try model.embed(tokens.ids, positions: pass.positions)
        let output = try model.run(0..<layer + 1, embedded, pass).to(.float32, .cpu)
        try states.scatterAddInPlace(0, Tensor(batch).unsqueeze(1).expand(batch.count, model.width), output)
        done += batch.count
        meter.report(done)
      }
    }
    guard try states.isFinite().all() else { throw LanguageModelError.nonFiniteLogits }
    return states
  }

  /// Rows of like length, as many together as `limit` tokens allow.
  private func batches(_ limit: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var tokens = 0
    for row in rows.indices.sorted(by: { (rows[$0].ids.count, $0) < (rows[$1].ids.count, $1) }) {
      let count = rows[row].ids.count
      if batches.isEmpty || tokens + count > limit {
        batches.append([])
        tokens = 0
      }
      batches[batches.count - 1].append(row)
      tokens += count
    }
    return batches
  }
}
