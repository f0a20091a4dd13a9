import LanguageModels
import Torch

/// What an edit will take in memory beside the model's weights, phase by phase, and how its work is cut up for that.
///
/// Weights are not counted: they lie in the checkpoint's mapped files, or on the device, once. Phases follow each other, so the
/// largest decides; what one leaves to the next is counted in both.
public struct EditMemoryPlan: Sendable, Equatable {
  /// Something that takes memory.
  public struct Part: Sendable, Equatable {
    /// What it is, in words.
    public let name: String
    /// How many bytes it takes.
    public let bytes: Int
  }

  /// A part of the edit.
  public struct Phase: Sendable, Equatable {
    /// What is done, in words.
    public let name: String
    /// What it holds at once.
    public let parts: [Part]

    /// The sum of its parts.
    public var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }
  }

  /// The phases, in order.
  public let phases: [Phase]
  /// How many layers' key statistics are collected in one pass over the corpus.
  public let layersPerPass: Int
  /// How many facts' target values are sought together; 0 for methods without them.
  public let factsAtOnce: Int
  /// The bytes that these may take.
  let bytesForFacts: Int
  /// The bytes that may be taken.
  public let allowed: Int

  /// The largest phase.
  public var largest: Phase { phases.max { $0.bytes < $1.bytes } ?? Phase(name: "nothing", parts: []) }
  /// The bytes of the largest phase.
  public var peak: Int { largest.bytes }

  /// Cuts the work up.
  ///
  /// - Parameters:
  ///   - allowance: what may be taken.
  ///   - available: what the machine has left, the weights being in memory; nil where that cannot be told.
  /// - Throws: ``EditRunError/memoryTooSmall(plan:isLimit:)`` where the smallest pieces do not fit.
  init(_ needs: EditMemoryNeeds, within allowance: MemoryAllowance, available: Int?) throws(EditRunError) {
    let least = Self(needs, layersPerPass: 1, factsAtOnce: 1, allowed: allowance.bytes)
    let allowed: Int
    switch allowance {
    case .bytes(let bytes): allowed = bytes
    case .automatic:
      // One pass over the corpus instead of several is worth memory that is there anyway; a fourth is left to others.
      let onePass = Self(needs, layersPerPass: needs.layerCount, factsAtOnce: 1, allowed: .max).peak
      let free = available ?? .max
      allowed = min(max(least.peak, min(max(onePass, MemoryAllowance.usual), free / 4 * 3)), free)
    }
    guard least.peak <= allowed else {
      throw .memoryTooSmall(
        plan: Self(needs, layersPerPass: 1, factsAtOnce: 1, allowed: allowed),
        isLimit: allowance != .automatic)
    }
    let room = allowed - needs.editing(factsAtOnce: 0).bytes
    let facts = needs.bytesPerFact.map { max(1, min(room / max($0, 1), needs.largestChunk, needs.factCount)) }
    self.init(
      needs, layersPerPass: needs.layersPerPass(within: allowed), factsAtOnce: facts ?? 0, allowed: allowed)
  }

  private init(_ needs: EditMemoryNeeds, layersPerPass: Int, factsAtOnce: Int, allowed: Int) {
    phases = [
      needs.statistics(layersPerPass: layersPerPass), needs.preservation,
      needs.editing(factsAtOnce: factsAtOnce),
    ].compactMap { $0 }
    self.layersPerPass = layersPerPass
    self.factsAtOnce = factsAtOnce
    bytesForFacts = max(0, allowed - needs.editing(factsAtOnce: 0).bytes)
    self.allowed = allowed
  }
}
