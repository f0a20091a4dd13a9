import Foundation
import KnowledgeEditing
import LanguageModels
import MadeUpWorld
import Tokenization
import Torch

/// How the bundled model learns its world.
struct Training {
  /// Passes over a sixth of the subjects before the others come in. On few facts the attention that looks facts up
  /// forms soon; on all of them at once the loss would stay on a plateau for long.
  var introductoryPasses = 48
  /// Passes over everything.
  var passes = 50
  /// Tokens of a row; documents lie side by side in rows.
  var rowLength = 96
  /// Rows of a mini-batch.
  var rowCount = 16
  /// The learning rate after warming up.
  var peakRate = 3e-3
  /// Steps in which the rate rises to its peak.
  var warmUpSteps = 100
  /// The share of the peak that the cosine ends at.
  var finalShare = 0.02
  /// The loss's weight of tokens that do not end a sentence, where those that do, the values of facts, have 1.
  /// Which subject comes next cannot be known, and the noise of that would drown what can be learnt.
  var otherTokensWeight = 0.2

  /// Trains until the passes are over.
  func run(
    _ model: any LanguageModel, _ parameters: Parameters, _ world: World, _ tokenizer: Tokenizer,
    progress: ProgressHandler?
  ) throws {
    let text = try stream(world, tokenizer)
    let batchLength = rowLength * rowCount
    // Two tokens beyond the last batch: the last target, and what tells whether it ends a sentence.
    let stepCount = max(0, text.ids.count - 2) / batchLength
    var meter = ProgressMeter(phase: "Training", unit: "steps", total: stepCount, handler: progress)
    var optimizer = try AdamW(parameters)
    let groups = [RowGroup(rows: rowCount, length: rowLength)]
    for step in 0..<stepCount {
      let start = step * batchLength
      let ids = try Tensor(Array(text.ids[start..<start + batchLength]))
      let targets = try Tensor(Array(text.ids[start + 1..<start + batchLength + 1]))
      let weights = try Tensor(
        text.ids[start + 2..<start + batchLength + 2].map {
          Float($0 == text.fullStop ? 1 : otherTokensWeight)
        })
      let pass = try ForwardPass(groups: groups)
      let hidden = try model.run(
        0..<model.blockCount, model.embed(ids, positions: pass.positions), pass)
      let logProbabilities = try model.head(model.finalNorm(hidden)).logSoftmax()
      let chosen = try logProbabilities.gather(1, targets.unsqueeze(1)).squeeze(1)
      let loss = try -(chosen * weights).sum() / weights.sum()
      try optimizer.step(parameters.gradient(of: loss), learningRate: rate(step, of: stepCount))
      try meter.report(step + 1, detail: "loss " + String(format: "%.3f", loss.item()))
    }
  }

  /// The learning rate of a step: up in a line, down in half a cosine.
  func rate(_ step: Int, of count: Int) -> Double {
    let warmUp = min(1, Double(step + 1) / Double(max(1, warmUpSteps)))
    let cosine = (1 + cos(.pi * Double(step) / Double(max(1, count)))) / 2
    return peakRate * warmUp * (finalShare + (1 - finalShare) * cosine)
  }

  /// All training text as one row of ids, each document between its beginning and end.
  private func stream(_ world: World, _ tokenizer: Tokenizer) throws -> (ids: [Int], fullStop: Int?) {
    let introduction = (0..<introductoryPasses).flatMap { pass in
      world.documents(purpose: "introduction \(pass)") { $0.subject % 6 == 0 }
    }
    let rest = (0..<passes).flatMap { world.documents(purpose: "training \($0)") }
    var ids: [Int] = []
    for document in introduction + rest {
      ids += try tokenizer.encode(document).ids
      if let end = tokenizer.eosID { ids.append(end) }
    }
    return (ids, try tokenizer.encode(".").ids.last)
  }
}
