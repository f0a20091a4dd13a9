import Checkpoints
import Ledger
import Torch

/// What an edit did, and how the edited model behaves.
public struct EditReport: Sendable {
  /// A layer that was edited.
  public struct Layer: Sendable {
    /// The block.
    public var block: Int
    /// The tensor in the checkpoint.
    public var tensorName: String
    /// The digest of the key statistics, and how many tokens and documents they count (nil documents for a whole corpus);
    /// nil for methods that need none.
    public var statistics: (digest: ContentHash, tokenCount: Int, sampleSize: Int?)?
    /// The spectrum of the keys' second moment and the dimension of the null space, for methods that are confined to one.
    public var nullSpace: (spectrum: Spectrum, nullity: Int)?
    /// ‖W‖ before (Frobenius).
    public var sourceNorm: Double
    /// ‖ΔW‖ (Frobenius).
    public var changeNorm: Double

    /// The share of the keys' mean squared norm that is protected, of methods that are confined to a null space.
    public var protectedShare: Double? { nullSpace.map { $0.spectrum.protectedShare(nullity: $0.nullity) } }
  }

  /// A fact and what the model made of it.
  public struct FactResult: Sendable {
    /// The fact.
    public var fact: Fact
    /// Before the edit.
    public var before: FactMeasure
    /// After the edit, with weights as they are stored.
    public var after: FactMeasure
  }

  /// How the model goes on after a fact's prompt, greedily.
  public struct Example: Sendable, Equatable {
    /// The prompt.
    public var prompt: String
    /// Before the edit.
    public var before: String
    /// After the edit.
    public var after: String
  }

  /// An earlier fact that asks what a new one asks, and was taken out for it.
  public struct Replacement: Sendable {
    /// The earlier fact.
    public var former: LedgerFact
    /// The new one.
    public var fact: Fact

    /// What a user is told of it.
    var warning: String {
      "\(fact.place) asks what fact \(former.id) asks (“\(fact.filledPrompt)”), and replaces its target “\(former.target)” by "
        + "“\(fact.target)”"
    }
  }

  /// The arguments of the run.
  public var settings: EditRunSettings
  /// The fingerprint of the source.
  public var modelFingerprint: ContentHash
  /// The SHA-256 of the file of facts.
  public var factsHash: ContentHash
  /// The hyper-parameters, and where they come from.
  public var hyperparameters: ChosenHyperparameters
  /// The contexts that facts were written in.
  public var contextTemplates: ContextTemplates
  /// Where the key statistics come from.
  public var statisticsOrigin: String
  /// The edited layers, ascending.
  public var layers: [Layer]
  /// The facts that were written, in file order.
  public var facts: [FactResult]
  /// Continuations of the first facts' prompts.
  public var examples: [Example]
  /// How text that was not edited fared; nil where there was none.
  public var drift: Drift?
  /// How the work was cut up for memory; nil before it was planned.
  public var memoryPlan: EditMemoryPlan?
  /// What the guard saw after each batch; nil where there was none.
  public var guarded: DriftReport?
  /// Everything odd.
  public var warnings: [String]
  /// Seconds spent on target values and solving.
  public var editingSeconds: Double
  /// Seconds that making the stored weights from the ledger's factors, and writing the ledger, took; nil for methods without one.
  public var ledgerSeconds: Double?
  /// What was written.
  public var written: WrittenCheckpoint
  /// The facts of earlier runs that gave way to new ones.
  public var replaced: [Replacement] = []

  /// How many facts the model said before.
  public var saidBefore: Int { facts.count { $0.before.isSaid } }
  /// How many facts the model says now.
  public var saidAfter: Int { facts.count { $0.after.isSaid } }
  /// How many batches the facts were solved in.
  public var batchCount: Int { (facts.count + settings.batchSize - 1) / settings.batchSize }
}
