import Foundation
import KnowledgeEditing
import Torch

/// What is to be checked, against what, and how: the arguments of a ``CheckpointCheck``.
public struct CheckSettings: Sendable {
  /// The edited checkpoint.
  public var model: URL
  /// The unedited checkpoint it was made from.
  public var base: URL
  /// A file of facts or CounterFact records: the facts that should hold, where the checkpoint has no ledger, and the paraphrases
  /// and neighbours to ask for. Where nil, the files that the ledger says the facts were read from.
  public var facts: URL?
  /// Text on which perplexity is measured; nil for text that the unedited model writes.
  public var corpus: URL?
  /// The directory of the tests of general ability; nil to leave them out.
  public var ability: URL?
  /// How many questions of each of these are asked.
  public var testsPerTask = AbilityEvaluator.publishedCount
  /// What is tolerated.
  public var bounds = CheckBounds()
  /// What the text that the unedited model writes depends on.
  public var seed: UInt64 = 0
  /// Where to compute.
  public var device = Device.cpu
  /// The type to compute in.
  public var dtype = DType.float32
  /// Working memory beside the weights.
  public var memory = MemoryAllowance.automatic

  /// Settings with these places and every other one at its default.
  public init(model: URL, base: URL) {
    self.model = model
    self.base = base
  }

  /// - Throws: ``CheckError/invalidSetting(_:)``.
  func check() throws(CheckError) {
    guard testsPerTask >= 1 else {
      throw .invalidSetting("\(testsPerTask) questions a task are to be asked; it must be at least 1")
    }
    guard memory.bytes >= 1 else {
      throw .invalidSetting("\(memory.bytes) bytes of memory are allowed; it must be at least 1")
    }
    try bounds.check()
  }
}

/// How far an edited checkpoint may be from what it should be.
///
/// A check fails past its bound, and warns past half of the way to it.
public struct CheckBounds: Sendable, Equatable {
  /// The largest ratio of an edited tensor's norm to what it was, and the inverse of the smallest.
  public var normRatio = 3.0
  /// The largest ‖ΔW‖/‖W‖ (Frobenius) of an edited tensor.
  public var normGrowth = 4.0
  /// The least share of facts that are said, with teacher forcing.
  public var said = 0.9
  /// The least share of facts that are said when the model writes by itself.
  public var saidFreely = 0.8
  /// The least share of paraphrases at which the new target is likelier than the former one.
  public var paraphrases = 0.6
  /// The largest loss in the share of neighbours at which the former target is the likelier one.
  public var neighborLoss = 0.1
  /// The largest growth of perplexity, as a share.
  public var perplexityGrowth = 0.3
  /// The largest loss of mean accuracy in tests of general ability.
  public var abilityLoss = 0.05

  /// The default bounds.
  public init() {}

  /// Looks whether the bounds are ones.
  ///
  /// - Throws: ``CheckError/invalidSetting(_:)`` for one out of range.
  public func check() throws(CheckError) {
    guard normRatio >= 1, normRatio.isFinite else {
      throw .invalidSetting("the largest ratio of norms is \(normRatio); it must be at least 1")
    }
    for (name, value) in [("change of a weight", normGrowth), ("growth of perplexity", perplexityGrowth)] {
      guard value >= 0, value.isFinite else {
        throw .invalidSetting("the largest \(name) is \(value); it must be a number from 0")
      }
    }
    for share in [said, saidFreely, paraphrases, neighborLoss, abilityLoss] where !(0...1).contains(share) {
      throw .invalidSetting("a bound is the share \(share); it must be from 0 to 1")
    }
  }
}

/// Why a checkpoint could not be checked; nothing is known of it then.
public enum CheckError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case invalidSetting(String)
  /// The checkpoint has no ledger, and no file of facts was named.
  case noFacts(model: String)
  /// The directory of tests of general ability holds none.
  case noAbilityTests(directory: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let reason): reason
    case .noFacts(let model):
      "\(model): it holds no ledger.sqlite, so it is not known which facts it should say; name them with --facts FILE"
    case .noAbilityTests(let directory):
      "\(directory): it holds none of \(AbilityTask.allCases.map(\.fileName).joined(separator: ", "))"
    }
  }
}
