import Checkpoints
import LanguageModels
import Ledger
import Tokenization
import Torch

/// Watches how a model drifts as batches of facts are written into it: the perplexity of text that no fact is about, the norms of
/// the edited weights, and whether earlier facts are still said.
///
/// Each look reads a bounded amount of text, which grows with the size of the batches and not with their number, so that it takes
/// a small share of the time that a batch does. What it sees is the model as it would be stored.
///
/// ```swift
/// let watch = try DriftGuard(bounds, over: heldBack, of: opened, batchSize: 100, earlier: [])
/// if let breach = try watch.breach(after: batch, factCount: 100, weights: weights) { … }
/// ```
package final class DriftGuard {
  private let bounds: DriftBounds
  private let opened: OpenedModel
  private let text: HeldBackText
  private let before: TextLikelihood?
  private let sampleSize: Int
  /// The facts that were said when they were written, in that order.
  private var said: [EditPrompts]
  /// What was seen so far.
  private var readings: [DriftReading] = []
  /// The seconds that looking took so far.
  private var seconds = 0.0

  /// How many tokens of text are read for each fact of a batch, and the fewest and the most.
  private static let tokensPerFact = 16
  private static let tokenRange = 256...1024
  /// How many facts are asked for at once.
  fileprivate static let sampleRange = 24...64

  /// A guard of a model that is about to be edited.
  ///
  /// - Parameters:
  ///   - bounds: how far it may drift.
  ///   - text: text that no fact is about.
  ///   - opened: the unedited model.
  ///   - batchSize: how many facts a batch has.
  ///   - earlier: facts that were written before this run, and said then.
  package init(
    _ bounds: DriftBounds, over text: HeldBackText, of opened: OpenedModel, batchSize: Int,
    earlier: [EditPrompts]
  ) throws {
    self.bounds = bounds
    self.opened = opened
    let tokens = batchSize.multipliedReportingOverflow(by: Self.tokensPerFact)
    self.text = text.prefix((tokens.overflow ? .max : tokens.partialValue).clamped(to: Self.tokenRange))
    sampleSize = batchSize.clamped(to: Self.sampleRange)
    before = try self.text.measure(opened.model)
    said = earlier.spread(over: sampleSize)
  }

  /// Looks at the model after a batch, and tells which bound it has passed; nil where it has passed none.
  ///
  /// - Parameters:
  ///   - batch: the facts that were written last.
  ///   - factCount: how many were written so far, with them.
  ///   - weights: the edited tensors as they would be stored.
  package func breach(
    after batch: ArraySlice<EditPrompts>, factCount: Int, weights: [ChangedTensor]
  ) throws -> DriftBreach? {
    let clock = ContinuousClock()
    let start = clock.now
    defer { seconds += start.duration(to: clock.now) / .seconds(1) }
    var reading = DriftReading(
      batch: readings.count + 1, factCount: factCount, tensor: "", normGrowth: 0, askedCount: 0, keptCount: 0)
    for weight in weights {
      let name = weight.tensorName(in: opened.model)
      let growth = try WeightChange(of: weight.value, from: opened.checkpoint.tensor(name)).growth
      // A comparison with NaN is false, and a reading that holds one must keep it.
      if reading.normGrowth.isFinite, !(growth <= reading.normGrowth) || reading.tensor.isEmpty {
        (reading.tensor, reading.normGrowth) = (name, growth)
      }
    }
    // A model whose weights are not finite has nothing to say.
    if reading.normGrowth.isFinite {
      try opened.model.computing(with: weights) { try look(at: batch, into: &reading) }
    }
    readings.append(reading)
    return reading.breach(of: bounds)
  }

  /// What was seen, and where that ended the edit.
  func report(stop: DriftStop?) -> DriftReport {
    DriftReport(bounds: bounds, readings: readings, stop: stop, seconds: seconds)
  }

  private func look(at batch: ArraySlice<EditPrompts>, into reading: inout DriftReading) throws {
    if let before, let now = try text.measure(opened.model) {
      reading.perplexityGrowth = now.perplexity / before.perplexity - 1
    }
    let earlier = said.spread(over: sampleSize)
    let new = Array(batch).spread(over: sampleSize)
    let answers = try FactProbe(earlier + new, tokenizer: opened.tokenizer)
      .measure(opened.model, phase: "Guard", progress: nil).map(\.isSaid)
    reading.askedCount = earlier.count
    reading.keptCount = answers.prefix(earlier.count).count { $0 }
    said += zip(new, answers.dropFirst(earlier.count)).filter(\.1).map(\.0)
  }
}

extension EditHistory {
  /// Some of the facts in effect that were said when they were written.
  func watched(without replaced: [LedgerFact], _ tokenizer: Tokenizer) throws -> [EditPrompts] {
    let gone = Set(replaced.map(\.id))
    let said = present.filter { $0.after.isSaid && !gone.contains($0.id) }
    return try prompts(of: said.spread(over: DriftGuard.sampleRange.upperBound), tokenizer)
  }
}

extension Array {
  /// At most so many elements, at even distances.
  func spread(over limit: Int) -> [Element] {
    guard count > limit, limit > 0 else { return self }
    return (0..<limit).map { self[$0 * count / limit] }
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
