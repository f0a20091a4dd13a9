import LanguageModels
import Torch

/// What one fact takes while its target value is sought, and how many facts can therefore be optimised together.
///
/// Counted are the three things that grow with the number of facts: what autograd keeps of the blocks above the edit, the logits
/// of target positions, and the states and cached keys of the prompts.
package struct FactMemory {
  /// The bytes that a fact takes.
  let bytesPerFact: Int
  /// The most facts to optimise together.
  let largestChunk: Int

  /// - Parameter dtype: the type to compute in; that of the model where nil.
  init(model: any LanguageModel, prompts: BatchPrompts, settings: Hyperparameters, dtype: DType? = nil) {
    let element = (dtype ?? model.dtype).byteCount
    let upperBlocks = max(model.blockCount - settings.targetLayer - 1, 0)
    var largest = 0
    for fact in prompts.prompts.indices {
      let rows = prompts.rows(of: fact)
      let own = rows.reduce(0) { $0 + $1.own.count }
      let suffix = rows.reduce(0) { $0 + $1.own.count - $1.subject }
      let cached = zip(rows, prompts.shared).reduce(0) { $0 + $1.0.own.count + $1.1.count }
      let outputs = rows.reduce(0) { $0 + max($1.labelCount, 1) }
      let recorded = suffix * upperBlocks * (14 * model.width + 4 * model.feedForwardWidth) * element
      let logits = outputs * model.vocabularySize * 4 * 3 + model.vocabularySize * 4 * 2
      let states = own * (8 * model.width + 2 * model.feedForwardWidth) * element
      let cache = 2 * cached * model.blockCount * 2 * model.width * element
      largest = max(largest, recorded + logits + states + cache)
    }
    bytesPerFact = max(largest, 1)
    largestChunk = Self.largestChunk(on: model.device)
  }

  /// More facts at once than this gain nothing on a CPU, whose caches they outgrow.
  package static func largestChunk(on device: Device) -> Int { device == .cpu ? 32 : .max }

  /// Facts to a chunk.
  ///
  /// - Throws: ``EditingError/memoryTooSmall(needed:allowed:)`` where not even one fits.
  func chunkSize(within bytes: Int) throws -> Int {
    guard bytesPerFact <= bytes else {
      throw EditingError.memoryTooSmall(needed: bytesPerFact, allowed: bytes)
    }
    return min(bytes / bytesPerFact, largestChunk)
  }
}
